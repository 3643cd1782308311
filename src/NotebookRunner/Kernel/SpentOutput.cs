using System.Reflection;
using Microsoft.DotNet.Interactive.Events;
using Microsoft.DotNet.Interactive.Formatting;

namespace NotebookRunner.Kernel;

/// <summary>
/// Lets go of output that has been sent. The kernel keeps every event of a cell, and of earlier cells, so that a loop that prints would
/// fill the memory a training needs. The kernel offers nothing for it, so a field is set by reflection; where a version has no such field,
/// the texts only stay.
/// </summary>
internal static class SpentOutput
{
    private const int Worthwhile = 64; // A shorter text costs less than the event around it.

    private static readonly FieldInfo? Text = typeof(FormattedValue).GetField(
        $"<{nameof(FormattedValue.Value)}>k__BackingField",
        BindingFlags.Instance | BindingFlags.NonPublic
    );

    public static void Release(KernelEvent kernelEvent)
    {
        if (kernelEvent is not DisplayEvent display || Text is null)
            return;
        foreach (var value in display.FormattedValues.Where(value => value.Value is { Length: >= Worthwhile }))
            Text.SetValue(value, "");
    }
}
