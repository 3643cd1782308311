using System.CommandLine;
using CrossEncoders;
using ScoreTool;

// dotnet run -c Release --project src/ScoreTool -- score --model data/models/cross-encoder-small-enzh --pairs pairs.jsonl --parts parts
var parse = Commands.Root().Parse(args);
if (parse.Errors.Count > 0)
{
    foreach (var error in parse.Errors)
        Console.Error.WriteLine(error.Message);
    Console.Error.WriteLine("Try --help.");
    return 2;
}

try
{
    // A scheduler that takes its machine back asks first: what was scored is on the disk already.
    var configuration = new InvocationConfiguration { EnableDefaultExceptionHandler = false };
    return await parse.InvokeAsync(configuration);
}
catch (CrossEncoderException error)
{
    Console.Error.WriteLine(error.Message);
    return 2;
}
catch (OperationCanceledException)
{
    Console.Error.WriteLine("Stopped. What was scored is kept; the same command goes on from there.");
    return 130;
}
