using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Prism.Grains.Interfaces.Quotas;

namespace Prism.Grains.Interfaces.Chat;

/// <summary>Why a call did not end in an answer. A value, not an exception: it is expected, and it crosses process borders.</summary>
[GenerateSerializer, Immutable, Alias("prism.chat-error")]
public sealed record ChatError
{
    /// <summary>The code of <see cref="ShuttingDown"/>.</summary>
    public const string Stopping = "stopping";

    /// <summary>The code of a request that needs the storage while it is unavailable.</summary>
    public const string NoStorage = "storage_unavailable";

    /// <summary>The code of an answer that broke off because the silo is gone that was making it: the provider has not failed.</summary>
    public const string SiloLost = "silo_lost";

    /// <summary>Which side failed, and at which stage.</summary>
    [Id(0)] public required ChatErrorKind Kind { get; init; }

    /// <summary>For the caller to read. Has no secret and no text of a prompt or an answer in it.</summary>
    [Id(1)] public required string Message { get; init; }

    /// <summary>The field of the request that is at fault, as a path: <c>messages[0].role</c>.</summary>
    [Id(2)] public string? Param { get; init; }

    /// <summary>A finer machine-readable reason, where there is one (<c>context_length_exceeded</c>).</summary>
    [Id(3)] public string? Code { get; init; }

    /// <summary>The provider that failed; null if Prism itself rejected the call.</summary>
    [Id(4)] public string? Provider { get; init; }

    /// <summary>When it is worth trying again, where that is known.</summary>
    [Id(5)] public TimeSpan? RetryAfter { get; init; }

    /// <summary>The state of the limits of the provider and of the caller's key; null if there are none, or the call failed before.</summary>
    [Id(6)] public ImmutableArray<LimitStatus>? Limits { get; init; }

    /// <summary>The HTTP status that the provider answered with; null where it did not, or where its answer began well.</summary>
    [Id(7), JsonIgnore] public int? UpstreamStatus { get; init; }

    /// <summary>
    /// The providers that were called, and how often: of a stream that failed before its first piece, which has no <see
    /// cref="ChatStreamEvent.Started"/>.
    /// </summary>
    [Id(8), JsonIgnore] public AnswerInfo? Route { get; init; }

    /// <summary>The quota that is used up, where it is one.</summary>
    [Id(9), JsonIgnore] public QuotaUse? Quota { get; init; }

    /// <summary>Details for operators; null if the provider was not called, or was called by another process. Not serialized.</summary>
    [field: NonSerialized]
    [JsonIgnore] public UpstreamFailure? Failure { get; init; }

    /// <summary>A call in progress when the time for a shutdown is over.</summary>
    public static ChatError ShuttingDown { get; } = new()
    {
        Kind = ChatErrorKind.Overloaded,
        Message = "The server is shutting down and could not finish this request. Please retry.",
        Code = Stopping,
        RetryAfter = TimeSpan.FromSeconds(1),
    };

    /// <summary>There is no room left in the memory budget (<see cref="Grains.Interfaces.Memory.MemoryBudget"/>) for a request, or for its answer.</summary>
    public static ChatError MemoryFull { get; } = new()
    {
        Kind = ChatErrorKind.Overloaded,
        Message = "Prism has no memory left for this request. Please retry in a moment.",
        RetryAfter = TimeSpan.FromSeconds(1),
    };

    /// <summary>A request that cannot be served as it is.</summary>
    public static ChatError Invalid(string message, string? param = null, string? code = null) =>
        new() { Kind = ChatErrorKind.InvalidRequest, Message = message, Param = param, Code = code };
}

/// <summary>The side and the stage of a <see cref="ChatError"/>.</summary>
[GenerateSerializer, Alias("prism.chat-error-kind")]
public enum ChatErrorKind
{
    /// <summary>A bug or a broken machine on Prism's side.</summary>
    Internal = 0,

    /// <summary>The request is wrong: a field is missing or out of range, or the provider does not support it.</summary>
    InvalidRequest = 1,

    /// <summary>The model does not exist, or not for this account.</summary>
    ModelNotFound = 2,

    /// <summary>The request is larger than is accepted.</summary>
    RequestTooLarge = 3,

    /// <summary>The provider understood the request and will not process it.</summary>
    Unprocessable = 4,

    /// <summary>Too many requests or tokens for the moment; retrying later helps.</summary>
    RateLimited = 5,

    /// <summary>A quota is used up; retrying soon does not help.</summary>
    QuotaExceeded = 6,

    /// <summary>Prism has more to do than it can.</summary>
    Overloaded = 7,

    /// <summary>The provider rejected Prism's credentials.</summary>
    UpstreamCredentialsRefused = 8,

    /// <summary>The provider answered with a server error or a status that makes no sense.</summary>
    UpstreamServerError = 9,

    /// <summary>No connection to the provider could be made, or it broke before an answer.</summary>
    UpstreamUnreachable = 10,

    /// <summary>The provider's answer could not be understood.</summary>
    UpstreamInvalidResponse = 11,

    /// <summary>The provider's answer ended before it was complete.</summary>
    UpstreamBrokenOff = 12,

    /// <summary>No connection in time.</summary>
    UpstreamConnectTimeout = 13,

    /// <summary>A connection, but no first token in time.</summary>
    UpstreamFirstTokenTimeout = 14,

    /// <summary>Silence in the middle of an answer.</summary>
    UpstreamIdleTimeout = 15,

    /// <summary>The resource in the request's path does not exist, or not for this caller.</summary>
    NotFound = 16,

    /// <summary>The request is valid, but conflicts with the current state.</summary>
    Conflict = 17,

    /// <summary>The provider has been failing and is not called for a while: see <see cref="ChatError.RetryAfter"/>.</summary>
    UpstreamUnavailable = 18,

    /// <summary>The caller is known, and may not do this.</summary>
    PermissionDenied = 19,
}

/// <summary>The kinds as words.</summary>
public static class ChatErrorKinds
{
    private static readonly FrozenDictionary<ChatErrorKind, string> Names = Enum.GetValues<ChatErrorKind>()
        .ToFrozenDictionary(kind => kind, kind => JsonNamingPolicy.SnakeCaseLower.ConvertName(kind.ToString()));

    /// <summary>A kind as it is in JSON and in logs: <c>upstream_idle_timeout</c>.</summary>
    public static string ToWord(this ChatErrorKind kind) => Names.GetValueOrDefault(kind, "unknown");
}
