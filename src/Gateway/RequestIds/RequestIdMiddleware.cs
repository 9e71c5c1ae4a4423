using System.Buffers;
using Microsoft.AspNetCore.Http;

namespace Prism.RequestIds;

/// <summary>
/// Gives every request an id: the client's own where it is short and plain, else a new one. It is on the response and, as the trace
/// identifier, in every log line of the request.
/// </summary>
internal sealed class RequestIdMiddleware(RequestDelegate next)
{
    public const string Header = "x-request-id";

    private const int MaxLength = 128;

    // Nothing that could end a line in a log or mean something to who reads it.
    private static readonly SearchValues<char> Plain =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.");

    public Task InvokeAsync(HttpContext context)
    {
        string? given = context.Request.Headers[Header];
        var id = IsPlain(given) ? given! : "req_" + Guid.NewGuid().ToString("N");
        context.TraceIdentifier = id;
        context.Response.Headers[Header] = id;
        return next(context);
    }

    private static bool IsPlain(string? id) => id is { Length: > 0 and <= MaxLength } && !id.AsSpan().ContainsAnyExcept(Plain);
}
