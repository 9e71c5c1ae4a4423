using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Prism.Grains.Interfaces.Chains;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Gateway.Chains;

/// <summary>The body of <c>POST /v1/runs</c>: a chain or the name of one, its inputs, and how to report its end.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record RunBody
{
    private const double LongestWait = 300;

    public ImmutableArray<ChainStep>? Steps { get; init; }

    public string? Chain { get; init; }

    public Dictionary<string, JsonElement>? Inputs { get; init; }

    public int? MaxParallel { get; init; }

    public double? Wait { get; init; }

    public bool? Stream { get; init; }

    /// <summary>How long the response may wait for the run's end.</summary>
    [JsonIgnore, JsonPropertyName("(patience)")] public TimeSpan Patience => TimeSpan.FromSeconds(Wait ?? 60);

    /// <summary>The first error that can be found without the chain, or null.</summary>
    public ChatError? Check() => this switch
    {
        { Steps: null, Chain: null } => ChatError.Invalid("'steps' is missing, or 'chain' with the name of a stored chain.", "steps"),
        { Steps: not null, Chain: not null } => ChatError.Invalid("'steps' and 'chain' cannot go together.", "chain"),
        { Wait: not (null or (>= 0 and <= LongestWait)) } => ChatError.Invalid("'wait' must be from 0 to 300 seconds.", "wait"),
        _ => null,
    };

    /// <summary>Equal for bodies that start the same run, however its end is reported.</summary>
    public string ToFingerprint() => Convert.ToHexStringLower(SHA256.HashData(
        JsonSerializer.SerializeToUtf8Bytes(this with { Wait = null, Stream = null }, GatewayJson.Api.RunBody)));

    /// <summary>The start of a run with the steps of this body.</summary>
    public ChainStart ToStart(string owner) => new()
    {
        Definition = new() { Steps = Steps.GetValueOrDefault([]), Inputs = Inputs, MaxParallel = MaxParallel },
        Owner = owner,
    };
}
