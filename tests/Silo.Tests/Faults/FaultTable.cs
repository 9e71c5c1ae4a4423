using System.Collections.Immutable;
using System.Globalization;

namespace Prism.Tests.Faults;

/// <summary>The table of faults in docs/operations.md: what the tests expect is what operators read.</summary>
internal static class FaultTable
{
    private const string Header = "| fault | asked for |";

    public static ImmutableArray<FaultRow> Rows { get; } = [.. Read()];

    private static IEnumerable<FaultRow> Read() =>
        from line in File.ReadLines(RepositoryFiles.Find("docs/operations.md"))
            .SkipWhile(line => !line.StartsWith(Header, StringComparison.Ordinal))
            // The header, and the line under it.
            .Skip(2)
            .TakeWhile(line => line.StartsWith('|'))
        from row in Parse([.. line.Trim('|').Split('|').Select(cell => cell.Trim())])
        select row;

    private static IEnumerable<FaultRow> Parse(string[] cells)
    {
        var status = cells[2].Split(", then ");
        var error = cells[3].Split(" / ").Select(part => part.Trim('`')).ToArray();
        foreach (var streamed in OneOf<bool[]>(cells[1], ("either", [false, true]), ("whole", [false]), ("stream", [true])))
        {
            yield return new()
            {
                Fault = cells[0].Split(':')[0],
                Streamed = streamed,
                Status = int.Parse(status[0], CultureInfo.InvariantCulture),
                EndsInError = status is [_, "an error"],
                ErrorType = error[0] == "–" ? null : error[0],
                ErrorCode = error is [_, var code] ? code : null,
                Kind = cells[4] == "–" ? null : cells[4].Trim('`'),
                PassesRetryAfter = OneOf(cells[5], ("passed on", true), ("–", false)),
                IsAskedAgain = OneOf(cells[6], ("yes", true), ("no", false)),
                OpensBreaker = OneOf(cells[7], ("yes", true), ("no", false)),
            };
        }
    }

    private static T OneOf<T>(string cell, params (string Word, T Meaning)[] words) =>
        words.Single(word => word.Word == cell).Meaning;
}

/// <summary>What a client gets where a provider has a fault.</summary>
internal sealed record FaultRow
{
    /// <summary>The code that stands for whatever the provider says.</summary>
    public const string OwnCode = "its own";

    /// <summary>Its name.</summary>
    public required string Fault { get; init; }

    /// <summary>Whether the client asked for a stream.</summary>
    public required bool Streamed { get; init; }

    /// <summary>The HTTP status.</summary>
    public required int Status { get; init; }

    /// <summary>Whether it is a stream that begins well and ends in an error.</summary>
    public required bool EndsInError { get; init; }

    /// <summary>The error's type; null where there is none.</summary>
    public required string? ErrorType { get; init; }

    /// <summary>Its code; null where there is no error.</summary>
    public required string? ErrorCode { get; init; }

    /// <summary>The label in <c>llm_upstream_errors_total</c>; null where the provider did not fail.</summary>
    public required string? Kind { get; init; }

    /// <summary>Whether the provider's <c>Retry-After</c> is the client's.</summary>
    public required bool PassesRetryAfter { get; init; }

    /// <summary>Whether the provider is asked again.</summary>
    public required bool IsAskedAgain { get; init; }

    /// <summary>Whether it is a failure to the breaker.</summary>
    public required bool OpensBreaker { get; init; }

    /// <summary>Whether the provider says that the request is at fault, in words that the client then gets.</summary>
    public bool IsRequestsFault => Status is >= 400 and < 429;
}
