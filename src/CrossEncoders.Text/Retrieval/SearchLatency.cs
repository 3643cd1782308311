using System.Diagnostics;

namespace CrossEncoders.Retrieval;

/// <summary>How long a search takes on this machine, one question at a time, as a user waits for it.</summary>
/// <param name="Search">The retriever's name.</param>
/// <param name="Questions">How many were asked.</param>
/// <param name="MedianMilliseconds">Half of the questions took less.</param>
/// <param name="SlowestMilliseconds">The one that took longest.</param>
public sealed record SearchLatency(string Search, int Questions, double MedianMilliseconds, double SlowestMilliseconds)
{
    /// <summary>Asks each retriever every question, the first of them once more before the clock runs.</summary>
    /// <param name="retrievers">The stages, each with those before it inside.</param>
    /// <param name="questions">The questions; whoever remembers answers should not have seen them.</param>
    /// <param name="topK">How many passages each is asked for.</param>
    /// <exception cref="CrossEncoderException">There are no questions.</exception>
    public static IReadOnlyList<SearchLatency> Of(IReadOnlyList<IRetriever> retrievers, IReadOnlyList<string> questions, int topK = 10)
    {
        if (questions.Count == 0)
            throw new CrossEncoderException("Latency is measured with questions, but there are none. Give a few that users ask.");
        return [.. retrievers.Select(retriever => Measured(retriever, questions, topK))];
    }

    private static SearchLatency Measured(IRetriever retriever, IReadOnlyList<string> questions, int topK)
    {
        retriever.Search(questions[0], topK); // what is loaded or compiled once is no one's waiting time
        var times = new double[questions.Count];
        for (var i = 0; i < times.Length; i++)
        {
            var started = Stopwatch.GetTimestamp();
            retriever.Search(questions[i], topK);
            times[i] = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        }

        Array.Sort(times);
        return new(retriever.Name, times.Length, (times[(times.Length - 1) / 2] + times[times.Length / 2]) / 2, times[^1]);
    }
}
