using System.CommandLine;

namespace ScoreTool;

/// <summary>The options that name what scores. All but the device are the same for all parts.</summary>
internal sealed class ScorerOptions
{
    private readonly Option<string> _model = new("--model")
    {
        Description = "A folder (scored by ONNX Runtime where it holds a folder onnx) or a hub id.",
        Required = true,
    };

    private readonly Option<string> _device = new("--device")
    {
        Description = "auto, cpu, cuda, cuda:N or mps. For several GPUs, one process each.",
        DefaultValueFactory = _ => "auto",
    };

    private readonly Option<string> _type = new("--type")
    {
        Description =
            "What matrices are multiplied in. auto takes the fastest that ranks alike: int8 where the model's folder notes that it passed "
            + "its comparison on a processor like this, or bfloat16 where the device computes it fast. int8 as such is taken unchecked.",
        DefaultValueFactory = _ => "auto",
    };

    private readonly Option<int?> _length = new("--max-length")
    {
        Description = "The longest pair in tokens; the model's own where it is missing.",
        HelpName = "N",
    };

    private readonly Option<int> _batch = Number("--batch", 32, "The most pairs that are computed at once.");
    private readonly Option<int> _tokens = Number("--tokens", 8192, "The most tokens that are computed at once.");

    public ScorerOptions() => _type.AcceptOnlyFromAmong("auto", "float32", "bfloat16", "int8");

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_model, _device, _type, _length, _batch, _tokens])
            command.Add(option);
    }

    public ScorerChoice Read(ParseResult parsed) =>
        new(
            parsed.GetRequiredValue(_model),
            parsed.GetRequiredValue(_device),
            parsed.GetRequiredValue(_type),
            parsed.GetValue(_length),
            parsed.GetValue(_batch),
            parsed.GetValue(_tokens)
        );

    /// <summary>An option that is a number.</summary>
    public static Option<int> Number(string name, int value, string description) =>
        new(name)
        {
            Description = description,
            HelpName = "N",
            DefaultValueFactory = _ => value,
        };
}
