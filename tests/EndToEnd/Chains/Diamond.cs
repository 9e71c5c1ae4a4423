using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace Prism.Tests.Chains;

/// <summary>
/// A chain of six steps with all that a chain can be made of: a diamond, a step for each element of a list, one with a condition, and one that
/// needs them all. Every prompt says whose it is, and what it was made from.
/// </summary>
internal static class Diamond
{
    private static readonly ImmutableArray<string> Words = ["w0", "w1", "w2"];

    // Of four runs in a row. The condition holds for the first and the third of them: together they have as many calls as steps.
    private static readonly ImmutableArray<int> Lengths = [0, 2, 1, 3];

    /// <summary>How many calls a run takes where none is made twice.</summary>
    public static int CallsOf(int number) => 4 + LengthOf(number) + (IsEven(number) ? 1 : 0);

    /// <summary>The body of a request for a run.</summary>
    /// <param name="number">Which run.</param>
    public static string BodyOf(int number) => JsonSerializer.Serialize(new
    {
        steps = new object[]
        {
            new { output_key = "a", template = "{{ n }} a" },
            new { output_key = "b", template = "{{ n }} b {{ a }}" },
            new { output_key = "c", template = "{{ n }} c {{ a }}" },
            new { output_key = "d", template = "{{ n }} d {{ b }} {{ item }}", for_each = "words" },
            new { output_key = "e", template = "{{ n }} e {{ c }}", when = "n % 2 == 0" },
            new { output_key = "f", template = "{{ n }} f {{ b }} {{ c }} {{ d | array.join '+' }} {{ e ?? 'none' }}" },
        },
        inputs = new { n = number, words = Words[..LengthOf(number)] },
        wait = 10,
    });

    /// <summary>That a run has ended as it has to, each of its outputs the answer to the call that it has to be.</summary>
    public static void AssertRight(int number, JsonElement run, IReadOnlyDictionary<int, CountedCall> calls)
    {
        Assert.Equal("succeeded", run.GetProperty("status").GetString());
        var outputs = run.GetProperty("outputs");
        var n = number.ToString(CultureInfo.InvariantCulture);
        var (a, b, c) = (TextOf("a"), TextOf("b"), TextOf("c"));
        AssertAnswers(a, $"{n} a");
        AssertAnswers(b, $"{n} b {a}");
        AssertAnswers(c, $"{n} c {a}");

        var d = outputs.GetProperty("d").EnumerateArray().Select(one => one.GetString()!).ToList();
        Assert.Equal(LengthOf(number), d.Count);
        foreach (var (answer, word) in d.Zip(Words))
        {
            AssertAnswers(answer, $"{n} d {b} {word}");
        }

        var e = outputs.GetProperty("e").GetString();
        Assert.Equal(IsEven(number), e is not null);
        if (e is not null)
        {
            AssertAnswers(e, $"{n} e {c}");
        }

        AssertAnswers(TextOf("f"), $"{n} f {b} {c} {string.Join('+', d)} {e ?? "none"}");

        string TextOf(string output) => outputs.GetProperty(output).GetString()!;

        void AssertAnswers(string answer, string prompt) =>
            Assert.Equal(prompt, calls[int.Parse(answer.TrimStart('#'), CultureInfo.InvariantCulture)].Prompt);
    }

    /// <summary>That events are those of such a run: each step recorded once, in an order that there can be.</summary>
    public static void AssertOnceEach(int number, IReadOnlyList<RunEvent> events)
    {
        Assert.Equal(Enumerable.Range(1, events.Count), events.Select(one => one.Id));
        Assert.Equal(("run.started", "run.completed"), (events[0].Type, events[^1].Type));
        var of = events.Skip(1).SkipLast(1).ToLookup(one => one.Data.GetProperty("step").GetString()!, one => one.Type);
        Assert.Equal(["a", "b", "c", "d", "e", "f"], of.Select(step => step.Key).Order());
        Assert.All(of, step => Assert.Equal(
            step.Key == "e" && !IsEven(number) ? ["step.skipped"] : ["step.started", "step.completed"], step));
    }

    private static int LengthOf(int number) => Lengths[number % Lengths.Length];

    private static bool IsEven(int number) => number % 2 == 0;
}
