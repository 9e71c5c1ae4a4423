using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Prism.Grains.Interfaces.Chains;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Gateway.Chains;

/// <summary>Reads headers and query of requests about runs.</summary>
internal static class RunRequest
{
    private const int LongestKey = 255;

    /// <summary>The <c>Idempotency-Key</c>; null if there is none.</summary>
    public static (string? Key, ChatError? Error) ReadIdempotencyKey(HttpRequest request) => request.Headers["Idempotency-Key"] switch
    {
        [] => (null, null),
        [{ Length: > 0 and <= LongestKey } key] => (key, null),
        _ => (null, ChatError.Invalid($"'Idempotency-Key' must be given once, with 1 to {LongestKey} characters.", "Idempotency-Key")),
    };

    /// <summary>The <c>Last-Event-ID</c>; 0 if there is none.</summary>
    public static (long After, ChatError? Error) ReadLastEventId(HttpRequest request) => request.Headers["Last-Event-ID"] switch
    {
        [] or [""] => (0, null),
        [{ } text] when long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var after) => (after, null),
        _ => (0, ChatError.Invalid("'Last-Event-ID' must be the id of an event of this run.", "Last-Event-ID")),
    };

    /// <summary>Whether the client wants <c>step.delta</c>.</summary>
    public static (bool Deltas, ChatError? Error) ReadDeltas(HttpRequest request) => request.Query["deltas"] switch
    {
        [] or ["false"] => (false, null),
        ["true"] => (true, null),
        _ => (false, ChatError.Invalid("'deltas' must be true or false.", "deltas")),
    };

    /// <summary>Which runs to list.</summary>
    public static (RunQuery? Query, ChatError? Error) ReadQuery(HttpRequest request, int mostRuns)
    {
        var (status, refused) = ReadStatus(request.Query["status"]);
        var (limit, wrong) = ReadLimit(request.Query["limit"], mostRuns);
        var after = request.Query["after"];
        var error = refused ?? wrong ?? (after.Count > 1 ? ChatError.Invalid("'after' must be given once.", "after") : null);
        return error is null
            ? (new() { Status = status, Limit = limit, After = after is [{ Length: > 0 } cursor] ? cursor : null }, null)
            : (null, error);
    }

    private static (ChainRunStatus? Status, ChatError? Error) ReadStatus(StringValues text)
    {
        var all = Enum.GetValues<ChainRunStatus>();
        return text switch
        {
            [] => (null, null),
            [{ } name] when all.Any(one => NameOf(one) == name) => (all.First(one => NameOf(one) == name), null),
            _ => (null, ChatError.Invalid($"'status' must be one of {string.Join(", ", all.Select(NameOf))}.", "status")),
        };
    }

    private static (int Limit, ChatError? Error) ReadLimit(StringValues text, int most) => text switch
    {
        [] => (new RunQuery().Limit, null),
        [{ } digits] when int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit >= 1 && limit <= most =>
            (limit, null),
        _ => (0, ChatError.Invalid($"'limit' must be from 1 to {most}.", "limit")),
    };

    private static string NameOf(ChainRunStatus status) => status switch
    {
        ChainRunStatus.Queued => "queued",
        ChainRunStatus.Running => "running",
        ChainRunStatus.Succeeded => "succeeded",
        ChainRunStatus.Failed => "failed",
        ChainRunStatus.Cancelled => "cancelled",
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, null),
    };
}
