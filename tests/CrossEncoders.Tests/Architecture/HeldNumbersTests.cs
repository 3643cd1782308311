using CrossEncoders.Modeling;
using CrossEncoders.Onnx;
using Mono.Cecil;
using static TorchSharp.torch;

namespace CrossEncoders.Tests.Architecture;

/// <summary>
/// Numbers reach libtorch through <see cref="Arithmetic"/> alone, which holds them while they are read: no other code makes one of
/// TorchSharp's numbers, or calls what makes one inside, such as the operators + of two tensors and * of a tensor and a number.
/// </summary>
public sealed class HeldNumbersTests
{
    private const string Number = "TorchSharp.Scalar";

    private static readonly Lazy<HashSet<string>> Makers = new(() => MakersIn(typeof(TorchSharp.torch).Assembly.Location));

    [Theory]
    [InlineData(typeof(CrossEncoder))]
    [InlineData(typeof(OnnxExport))]
    public void OnlyArithmeticMakesNumbers(Type type) =>
        Assert.All(Uses(type), use => Assert.StartsWith("Arithmetic.", use, StringComparison.Ordinal));

    [Fact]
    public void PlainOperatorsWouldFail()
    {
        using var scope = NewDisposeScope();
        Assert.Equal(-3, Plain(ones(1), tensor([2f])).item<float>());
        Assert.Equal(
            [
                "HeldNumbersTests.Plain calls op_Addition(Tensor, Tensor)",
                "HeldNumbersTests.Plain calls op_Implicit(Single)",
                "HeldNumbersTests.Plain calls op_Multiply(Tensor, Int32)",
                "HeldNumbersTests.Plain calls square()",
            ],
            Uses(typeof(HeldNumbersTests)).Where(use => use.StartsWith("HeldNumbersTests.Plain ", StringComparison.Ordinal))
        );
    }

    /// <summary>Products, quotients, differences and negations of tensors make no number; sums, squares and what is given one do.</summary>
    private static Tensor Plain(Tensor one, Tensor other) =>
        -((one * other - one) / one + one * 2).square().masked_fill(one.gt(other), 0f).sqrt();

    /// <summary>Where the code of an assembly makes numbers, as "Type.Method calls method(parameters)".</summary>
    /// <remarks>Static fields are left out: what they hold stays. So is what TorchSharp's own modules and optimizers do inside.</remarks>
    private static SortedSet<string> Uses(Type type)
    {
        using var assembly = AssemblyDefinition.ReadAssembly(type.Assembly.Location);
        return new(
            from method in Bodies(assembly)
            from called in Calls(method)
            where IsNumber(called) ? method.Name != ".cctor" : Makers.Value.Contains(called.FullName)
            let parameters = string.Join(", ", called.Parameters.Select(parameter => parameter.ParameterType.Name))
            select $"{Outermost(method.DeclaringType)}.{method.Name} calls {called.Name}({parameters})",
            StringComparer.Ordinal
        );
    }

    /// <summary>The methods of TorchSharp that make a number, or call one that does.</summary>
    private static HashSet<string> MakersIn(string path)
    {
        using var assembly = AssemblyDefinition.ReadAssembly(path);
        var callers = Bodies(assembly)
            .SelectMany(method => Calls(method).Select(called => (Method: method.FullName, Called: called)))
            .ToArray();
        var found = callers.Where(call => IsNumber(call.Called)).Select(call => call.Method).ToHashSet();
        var from = callers.ToLookup(call => call.Called.FullName, call => call.Method);
        var open = new Queue<string>(found);
        while (open.TryDequeue(out var maker))
        {
            foreach (var caller in from[maker].Where(found.Add))
                open.Enqueue(caller);
        }

        return found;
    }

    private static bool IsNumber(MethodReference method) =>
        method.ReturnType.FullName == Number || (method.Name == ".ctor" && method.DeclaringType.FullName == Number);

    private static IEnumerable<MethodDefinition> Bodies(AssemblyDefinition assembly) =>
        assembly.MainModule.GetTypes().SelectMany(type => type.Methods).Where(method => method.HasBody);

    private static IEnumerable<MethodReference> Calls(MethodDefinition method) =>
        method
            .Body.Instructions.Select(instruction => instruction.Operand)
            .OfType<MethodReference>()
            .Select(called => called.GetElementMethod());

    private static string Outermost(TypeReference type) => type.DeclaringType is { } outer ? Outermost(outer) : type.Name;
}
