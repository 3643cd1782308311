using System.Text.RegularExpressions;
using k8s;
using k8s.Models;
using YamlDotNet.Core;

namespace CrossEncoders.Tests.Scoring;

/// <summary>
/// The job files for Kubernetes by the types of its own client, which know each field of the API. No cluster ran them; their commands are
/// run by <see cref="ScoreToolTests"/> and by those of the queue.
/// </summary>
public sealed partial class KubernetesJobTests
{
    [Theory]
    [InlineData("kubernetes.yaml")]
    [InlineData("kubernetes-queue.yaml")]
    public void TheJobFilesAreJobsOfTheApi(string file)
    {
        var text = Text(file);
        var job = Read(text);
        Assert.Equal(("batch/v1", "Job"), (job.ApiVersion, job.Kind));
        Assert.Matches("^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$", job.Metadata.Name);
        var pod = job.Spec.Template.Spec;
        Assert.Equal("Never", pod.RestartPolicy); // asked for by backoffLimitPerIndex
        var container = Assert.Single(pod.Containers);
        Assert.All(container.VolumeMounts, mount => Assert.Contains(pod.Volumes, volume => volume.Name == mount.Name));
        foreach (var (kind, limit) in container.Resources.Limits)
            Assert.InRange(container.Resources.Requests[kind].ToDecimal(), 0.1m, limit.ToDecimal());
        Assert.Equal(container.Env.Single(variable => variable.Name == "OMP_NUM_THREADS").Value, $"{container.Resources.Limits["cpu"]}");
        string[] known = [.. container.Env.Select(variable => variable.Name), "JOB_COMPLETION_INDEX"];
        Assert.All(Variable().Matches(container.Args[0]).Select(match => match.Groups[1].Value), name => Assert.Contains(name, known));
        Assert.All(container.Env, variable => Assert.True(variable.Value is not null ^ variable.ValueFrom is not null, variable.Name));
    }

    [Fact]
    public void EachIndexIsAPart()
    {
        var spec = Read(Text("kubernetes.yaml")).Spec;
        Assert.Equal("Indexed", spec.CompletionMode);
        Assert.Equal($"{spec.Completions}", spec.Template.Spec.Containers[0].Env.Single(variable => variable.Name == "COUNT").Value);
        Assert.InRange(spec.Parallelism!.Value, 1, spec.Completions!.Value);
        Assert.Equal(0, spec.MaxFailedIndexes); // all parts or none: merge refuses less
    }

    [Fact]
    public void WorkersOfAQueueHaveNoNumber()
    {
        var spec = Read(Text("kubernetes-queue.yaml")).Spec;
        Assert.Null(spec.Completions); // the first worker that finds no block ends the job
        Assert.Null(spec.CompletionMode);
        var claim = Assert.Single(spec.Template.Spec.Volumes).PersistentVolumeClaim;
        Assert.True(claim.ReadOnlyProperty);
    }

    [Theory]
    [InlineData("backoffLimitPerIndex", "backoffLimitPerIndexes")]
    [InlineData("terminationGracePeriodSeconds: 60", "terminationGracePeriodSeconds: soon")]
    [InlineData("claimName", "claim")]
    public void AMistakeInAFieldIsSeen(string right, string wrong) =>
        Assert.ThrowsAny<YamlException>(() => Read(Text("kubernetes.yaml").Replace(right, wrong, StringComparison.Ordinal)));

    private static string Text(string file) => File.ReadAllText(Path.Combine(ScoreToolTests.Jobs, file));

    private static V1Job Read(string text) => KubernetesYaml.Deserialize<V1Job>(text, strict: true);

    [GeneratedRegex(@"\$(?:\(\()?([A-Z_]+)\b")]
    private static partial Regex Variable();
}
