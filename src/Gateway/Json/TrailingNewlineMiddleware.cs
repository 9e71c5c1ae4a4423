using Microsoft.AspNetCore.Http;

namespace Prism.Gateway.Json;

/// <summary>
/// Ends JSON responses to terminal clients (curl, wget) with a newline: the shell would print its prompt on the same line otherwise. Responses to
/// other clients are unchanged.
/// </summary>
internal sealed class TrailingNewlineMiddleware(RequestDelegate next)
{
    private static readonly ReadOnlyMemory<byte> Newline = "\n"u8.ToArray();

    public Task InvokeAsync(HttpContext context) => IsTerminal(context.Request) ? AppendAsync(context) : next(context);

    private async Task AppendAsync(HttpContext context)
    {
        var response = context.Response;
        response.OnStarting(static state => MakeRoom((HttpResponse)state), response);
        await next(context);
        if (response.HasStarted && IsJson(response))
        {
            await response.Body.WriteAsync(Newline, CancellationToken.None);
        }
    }

    private static Task MakeRoom(HttpResponse response)
    {
        if (IsJson(response) && response.ContentLength is { } length)
        {
            response.ContentLength = length + Newline.Length;
        }

        return Task.CompletedTask;
    }

    private static bool IsTerminal(HttpRequest request) => request.Headers.UserAgent is [{ } agent]
        && (agent.StartsWith("curl/", StringComparison.OrdinalIgnoreCase) || agent.StartsWith("Wget/", StringComparison.OrdinalIgnoreCase));

    private static bool IsJson(HttpResponse response) => response.ContentType?.StartsWith("application/json", StringComparison.Ordinal) == true;
}
