using System.Buffers;
using Microsoft.AspNetCore.Http;
using Prism.Grains.Interfaces;

namespace Prism.Gateway.RequestIds;

/// <summary>
/// Gives every request an id: the client's own if it is short and plain, else a new one. The response and every log line of the request have it.
/// </summary>
internal sealed class RequestIdMiddleware(RequestDelegate next)
{
    public const string Header = "x-request-id";

    private const int MaxLength = 128;

    // No character that could end a log line or have a meaning for its reader.
    private static readonly SearchValues<char> Plain =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.");

    public Task InvokeAsync(HttpContext context)
    {
        string? given = context.Request.Headers[Header];
        var id = IsPlain(given) ? given! : RandomId.New("req_");
        context.TraceIdentifier = id;
        context.Response.Headers[Header] = id;
        CurrentRequest.Id = id;
        return next(context);
    }

    private static bool IsPlain(string? id) => id is { Length: > 0 and <= MaxLength } && !id.AsSpan().ContainsAnyExcept(Plain);
}
