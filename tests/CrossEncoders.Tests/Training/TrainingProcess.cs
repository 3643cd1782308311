using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using CrossEncoders.Evaluation;
using CrossEncoders.Training;

namespace CrossEncoders.Tests.Training;

/// <summary>
/// A training in a process of its own, to be killed: this very program, which trains instead of testing where the environment says so.
/// </summary>
internal static class TrainingProcess
{
    public const int Steps = 240;
    public const int Cancelled = 3;
    private const string Variable = "CROSS_ENCODERS_TRAIN_IN";

    /// <summary>Starts or resumes the training in a folder; it writes a line when it begins and one for each step.</summary>
    public static Process Start(string folder)
    {
        var name = OperatingSystem.IsWindows() ? "CrossEncoders.Tests.exe" : "CrossEncoders.Tests";
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, name)) { RedirectStandardOutput = true };
        start.Environment[Variable] = folder;
        start.Environment["OMP_NUM_THREADS"] = "1";
        start.Environment["DOTNET_TieredCompilation"] = "1";
        return Process.Start(start)!;
    }

    /// <summary>The file the trained weights are written to at the end.</summary>
    public static string WeightsIn(string folder) => Path.Combine(folder, "weights.bin");

#pragma warning disable CA2255 // this is a program, not a library
    [ModuleInitializer]
    internal static void TrainWhereAsked()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { } folder)
            Environment.Exit(Train(folder));
    }
#pragma warning restore CA2255

    private static int Train(string folder)
    {
        using var interruption = new Interruption();
        using var model = TinyModel.Load("bert");
        var arguments = TinyModel.Arguments(Path.Combine(folder, "training")) with
        {
            Epochs = 6,
            BatchSize = 4,
            Dropout = 0.1,
            EvaluationSteps = 5,
            CheckpointSteps = 3,
            Resume = true,
        };
        var evaluator = new MSEEval(TinyModel.Examples(12, "unseen"), "killed", outputFolder: folder);
        Console.WriteLine("begins");
        try
        {
            var trainer = new CrossEncoderTrainer(model, arguments, null, evaluator) { OnAlarm = _ => { } };
            trainer.Train(TinyModel.Examples(160), new Lines(), interruption.Token);
        }
        catch (OperationCanceledException)
        {
            return Cancelled;
        }

        File.WriteAllBytes(WeightsIn(folder), MemoryMarshal.AsBytes(TinyModel.Values(model).AsSpan()));
        return 0;
    }

    private sealed class Lines : IProgress<WorkProgress>
    {
        public void Report(WorkProgress value) => Console.WriteLine(value.Done);
    }
}
