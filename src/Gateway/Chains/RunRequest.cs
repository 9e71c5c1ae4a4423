using System.Globalization;
using Microsoft.AspNetCore.Http;
using Prism.Chat;

namespace Prism.Chains;

/// <summary>Reads what requests about runs say in headers and query.</summary>
internal static class RunRequest
{
    private const int LongestKey = 255;

    /// <summary>The <c>Idempotency-Key</c>; null where there is none.</summary>
    public static (string? Key, ChatError? Error) ReadIdempotencyKey(HttpRequest request) => request.Headers["Idempotency-Key"] switch
    {
        [] => (null, null),
        [{ Length: > 0 and <= LongestKey } key] => (key, null),
        _ => (null, ChatError.Invalid($"'Idempotency-Key' must be given once, with 1 to {LongestKey} characters.", "Idempotency-Key")),
    };

    /// <summary>The <c>Last-Event-ID</c>; 0 where there is none.</summary>
    public static (long After, ChatError? Error) ReadLastEventId(HttpRequest request) => request.Headers["Last-Event-ID"] switch
    {
        [] or [""] => (0, null),
        [{ } text] when long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var after) => (after, null),
        _ => (0, ChatError.Invalid("'Last-Event-ID' must be the id of an event of this run.", "Last-Event-ID")),
    };

    /// <summary>Whether <c>step.delta</c> is wanted.</summary>
    public static (bool Deltas, ChatError? Error) ReadDeltas(HttpRequest request) => request.Query["deltas"] switch
    {
        [] or ["false"] => (false, null),
        ["true"] => (true, null),
        _ => (false, ChatError.Invalid("'deltas' must be true or false.", "deltas")),
    };

    /// <summary>Which runs are to be listed.</summary>
    public static (RunQuery? Query, ChatError? Error) ReadQuery(HttpRequest request, int mostRuns)
    {
        var query = new RunQuery();
        var (status, limit, after) = (request.Query["status"], request.Query["limit"], request.Query["after"]);
        if (status.Count > 0)
        {
            if (status is not [{ } name] || Array.Find(Enum.GetValues<ChainRunStatus>(), one => NameOf(one) == name) is var found && NameOf(found) != name)
            {
                var names = string.Join(", ", Enum.GetValues<ChainRunStatus>().Select(NameOf));
                return (null, ChatError.Invalid($"'status' must be one of {names}.", "status"));
            }

            query = query with { Status = found };
        }

        if (limit.Count > 0)
        {
            if (limit is not [{ } text] || !int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var most) || most < 1 || most > mostRuns)
            {
                return (null, ChatError.Invalid($"'limit' must be from 1 to {mostRuns}.", "limit"));
            }

            query = query with { Limit = most };
        }

        return after.Count > 1
            ? (null, ChatError.Invalid("'after' must be given once.", "after"))
            : (query with { After = after is [{ Length: > 0 } cursor] ? cursor : null }, null);
    }

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
