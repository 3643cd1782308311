using CrossEncoders.Files;
using CrossEncoders.Modeling;
using CrossEncoders.Training;
using static TorchSharp.torch;

namespace CrossEncoders.Tests.Training;

/// <summary>Output folders with a damaged file: what reads them says so in an error of its own, or they are read.</summary>
[Collection(Alone.Name)]
public sealed class CheckpointMutationTests : IDisposable
{
    private const int Steps = 4;

    private static readonly string[] Files =
    [
        "start.json",
        "training.jsonl",
        $"checkpoint-{Steps}/state.json",
        $"checkpoint-{Steps}/training.safetensors",
        $"best-{Steps}.safetensors",
    ];

    private readonly ScratchFolder _scratch = new();
    private readonly ParameterSet _parameters = new();
    private readonly AdamW _optimizer;
    private readonly Tensor _gradient;

    public CheckpointMutationTests()
    {
        _parameters.Add(ParameterKind.Matrix, [3, 5], "weight");
        _parameters.Allocate(CPU);
        ParameterSet.Initialize(0.1, _parameters.Parameters);
        _gradient = zeros_like(_parameters.Flat);
        _optimizer = new AdamW(_parameters, _gradient, 0, _ => 1);
    }

    public void Dispose()
    {
        _optimizer.Dispose();
        _gradient.Dispose();
        _parameters.Dispose();
        _scratch.Dispose();
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public void ADamagedFolderIsReadOrRefused()
    {
        var state = Fill();
        var sound = Files.ToDictionary(name => name, name => File.ReadAllBytes(_scratch[name]));
        var refused = 0;
        for (var seed = 0; seed < 10_000; seed++)
        {
            var random = new Random(seed);
            var name = Files[random.Next(Files.Length)];
            File.WriteAllBytes(_scratch[name], Damage.Of(sound[name], random, Damage.Json, edge: 600));
            try
            {
                HangGuard.Run(() => Read(state.Fingerprint), 64 << 20);
            }
            catch (CrossEncoderException error)
            {
                refused++;
                Assert.True(error.Message.Length < 2000, $"seed {seed}: {error.Message.Length} characters");
            }
            catch (Exception error)
            {
                Assert.Fail($"seed {seed}, {name}: {error}");
            }

            foreach (var (file, bytes) in sound) // opening cuts the log, and may clear
                File.WriteAllBytes(Made(file), bytes);
        }

        Assert.InRange(refused, 4_000, 9_999);
    }

    [Theory]
    [InlineData("start.json", "\"Fingerprint\":\"abc\"")]
    [InlineData("checkpoint-4/state.json", "\"Fingerprint\":\"abc\"")]
    [InlineData("checkpoint-4/state.json", "\"Fingerprint\":\"\"")]
    [InlineData("checkpoint-4/state.json", "\"Fingerprint\":null")]
    public void AShortFingerprintIsSaid(string name, string fingerprint)
    {
        var state = Fill();
        var text = File.ReadAllText(_scratch[name]);
        File.WriteAllText(_scratch[name], text.Replace($"\"Fingerprint\":\"{state.Fingerprint}\"", fingerprint));
        var said = Assert.Throws<CrossEncoderException>(() => Read(state.Fingerprint)).Message;
        Assert.Contains("64 hexadecimal digits", said);
        Assert.Contains(Path.GetFileName(name), said);
    }

    [Fact]
    public void TensorsOfAnotherModelAreRefusedBeforeAnyIsTaken()
    {
        var state = Fill();
        var before = _parameters.Flat.data<float>().ToArray();
        using var one = ones(1);
        Weights(one, one, one);
        Assert.Contains("(1)", Assert.Throws<CrossEncoderException>(() => Read(state.Fingerprint)).Message); // it would spread to all
        using var halves = ones(15, dtype: ScalarType.Float16);
        using var right = ones(15);
        Weights(right, right, halves);
        Assert.Contains("Float16", Assert.Throws<CrossEncoderException>(() => Read(state.Fingerprint)).Message);
        Assert.Equal(before, _parameters.Flat.data<float>().ToArray());
    }

    private void Weights(Tensor parameters, Tensor first, Tensor second) =>
        CrossEncoders.Weights.SafetensorsWriter.Write(
            _scratch[Files[3]],
            [("parameters", parameters), ("first_moment", first), ("second_moment", second)]
        );

    /// <summary>An output folder as a training of four steps leaves it.</summary>
    private TrainingState Fill()
    {
        var state = new TrainingState { Fingerprint = new string('a', 64), StartWeights = Checkpoints.HashOf(_parameters.Flat) };
        var checkpoints = new Checkpoints(_scratch.Path, 2, new FolderSteps());
        checkpoints.Open(Steps);
        checkpoints.Begin(state, overwrite: false);
        using var log = TrainingLog.Open(_scratch.Path, 0);
        for (var step = 0; step < Steps; step++)
            log.Add(new TrainingStep(step, 0.25 * step, double.NaN, 1e-5, 1, 1000));
        log.Add(new EvaluationPoint(Steps, new("v", 0, -1, new Dictionary<string, double> { ["mse"] = 0.1 })));
        log.Add(new CrossEncoders.Training.Alarms.Alarm("rule", Steps, "seen", "to do"));
        (state.Step, state.BestStep, state.BestValue, state.LogLength) = (Steps, Steps, 0.1, log.Length);
        state.CsvLengths["v.csv"] = 100;
        checkpoints.SaveBest(Steps, _parameters.Flat);
        checkpoints.Save(state, _parameters.Flat, _optimizer);
        return state;
    }

    private void Read(string fingerprint)
    {
        var checkpoints = new Checkpoints(_scratch.Path, 2, new FolderSteps());
        checkpoints.Open(Steps);
        if (checkpoints.LoadNewest(fingerprint, _parameters.Flat, _optimizer) is not { } state)
            return;
        if (state.BestStep is { } best)
            checkpoints.LoadBest(best, _parameters.Flat);
        using var log = TrainingLog.Open(_scratch.Path, state.LogLength);
    }

    private string Made(string name)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_scratch[name])!);
        return _scratch[name];
    }
}
