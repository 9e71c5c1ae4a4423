using Microsoft.AspNetCore.Http;
using Prism.Formats.OpenAi.Chat;
using Prism.Gateway.Json;
using Prism.Gateway.Overload;

namespace Prism.Gateway.Chat;

/// <summary>
/// Reads the body of a call: a skim of the bytes if they are certainly valid, otherwise the canonical form, whose reader names the fault.
/// </summary>
internal static class CallBody
{
    /// <summary>Reads the body that the <see cref="BodyMiddleware"/> has received.</summary>
    /// <returns>Null if it could not be read: then the response has the error.</returns>
    public static ValueTask<CallRequest?> ReadCallAsync(this HttpContext context) =>
        context.Features.Get<ReceivedBody>() is { } body
        && JsonBody.FindUnreadable(context.Request) is null
        && RequestSkim.TryRead(body.Written) is { } skim
        && body.TryKeep()
            ? new(CallRequest.Of(new RawRequest(body.WrittenMemory, skim)))
            : ReadCanonicalAsync(context);

    private static async ValueTask<CallRequest?> ReadCanonicalAsync(HttpContext context) =>
        await context.ReadJsonBodyAsync(ChatJson.Strict.ChatRequest) is { } request ? CallRequest.Of(request) : null;
}
