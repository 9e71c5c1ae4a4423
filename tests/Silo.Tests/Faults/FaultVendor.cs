using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Prism.Tests.Service;

namespace Prism.Tests.Faults;

/// <summary>What a type of provider says, and how it says that something went wrong.</summary>
internal sealed partial record FaultVendor
{
    /// <summary>The key of all of them, which they quote in every error.</summary>
    public const string Key = "sk-canary-of-faults";

    /// <summary>Their words in every error.</summary>
    public const string Words = "Refused " + Key + ".";

    public static readonly ImmutableArray<FaultVendor> All =
    [
        new()
        {
            Name = "openai",
            Type = "openai",
            Answers = Vendor.OpenAi,
            Error = $$$"""{"error":{"message":"{{{Words}}}","type":"server_error","param":null,"code":"a_code"}}""",
            OwnCode = "a_code",
            ImpossibleCount = "-9",
        },
        new()
        {
            Name = "anthropic",
            Type = "anthropic",
            Answers = Vendor.Anthropic,
            Error = $$$"""{"type":"error","error":{"type":"overloaded_error","message":"{{{Words}}}"},"request_id":"req_1"}""",
            ErrorEvent = "error",
            ImpossibleCount = "\"many\"",
        },
        new()
        {
            Name = "ollama",
            Type = "ollama",
            Answers = Vendor.Ollama,
            Error = $$"""{"error":"{{Words}}"}""",
            ImpossibleCount = "9.5",
        },
        new()
        {
            Name = "openai-compatible",
            Type = "openai",
            Answers = Vendor.Compatible,
            Error = $$$"""{"error":{"object":"error","message":"{{{Words}}}","code":500}}""",
            OwnCode = "500",
            ImpossibleCount = "0",
        },
    ];

    /// <summary>Its name in the tests.</summary>
    public required string Name { get; init; }

    /// <summary>The provider's type.</summary>
    public required string Type { get; init; }

    /// <summary>What it says where nothing is wrong.</summary>
    public required Vendor Answers { get; init; }

    /// <summary>The body of an error.</summary>
    public required string Error { get; init; }

    /// <summary>The code in that; null where the format has none.</summary>
    public string? OwnCode { get; init; }

    /// <summary>A count of tokens that cannot be.</summary>
    public required string ImpossibleCount { get; init; }

    /// <summary>The type of the event that is an error; null for an event as any other.</summary>
    public string? ErrorEvent { get; init; }

    /// <summary>A stream up to its first word.</summary>
    public string Beginning => string.Concat(Pieces[..PiecesToFirstWord]);

    /// <summary>The piece after that, which has the second word.</summary>
    public string Second => Pieces[PiecesToFirstWord];

    /// <summary>A stream up to where its answer is whole, without what only says that nothing follows.</summary>
    public string Whole => string.Concat(IsLines ? Pieces : Pieces[..^1]);

    private bool IsLines => Answers.StreamType == "application/x-ndjson";

    private string[] Pieces => Answers.TextStream;

    private int PiecesToFirstWord => Array.FindIndex(Pieces, piece => piece.Contains("Hello", StringComparison.Ordinal)) + 1;

    /// <summary>Its answer, whole or as a stream.</summary>
    public string Answer(bool streamed) => streamed ? string.Concat(Pieces) : Answers.Text;

    /// <summary>The answer with a usage that cannot be true.</summary>
    public string WithImpossibleUsage(bool streamed) => PromptCount().Replace(Answer(streamed), $"${{name}}{ImpossibleCount}");

    /// <summary>The answer without a usage.</summary>
    public string WithoutUsage(bool streamed) => Usage().Replace(Answer(streamed), "");

    /// <summary>An event of a stream.</summary>
    public string Event(string data, string? type = null) =>
        IsLines ? data + "\n" : type is null ? $"data: {data}\n\n" : $"event: {type}\ndata: {data}\n\n";

    [GeneratedRegex("""(?<name>"(prompt_tokens|input_tokens|prompt_eval_count)":)9""", RegexOptions.ExplicitCapture)]
    private static partial Regex PromptCount();

    [GeneratedRegex("""\s*,\s*("usage":\{[^}]*\}|"prompt_eval_count":9|"eval_count":2)""", RegexOptions.ExplicitCapture)]
    private static partial Regex Usage();
}
