using Microsoft.AspNetCore.Http;
using Prism.Formats.OpenAi.Chat;
using Prism.Gateway.Sse;
using Prism.Grains.Interfaces.Chat;
using Prism.Pipeline;

namespace Prism.Gateway.Chat;

/// <summary>The format of a chat's answer for a client. The request has the same form in both formats.</summary>
internal interface IChatFormat
{
    /// <summary>The error for a request that cannot be answered in this format; null for none.</summary>
    ChatError? Check(CallRequest request);

    /// <summary>Writes a whole answer.</summary>
    Task WriteResponseAsync(HttpResponse response, Answer answer);

    /// <summary>Begins a streamed answer.</summary>
    IChatStreamFormat CreateStream(SseStream output, CallRequest request);
}

/// <summary>The events of one streamed answer.</summary>
internal interface IChatStreamFormat
{
    /// <summary>Writes the current chunk of an answer.</summary>
    ValueTask WriteAsync(Answer answer);

    /// <summary>Writes the events after the last chunk, before <c>[DONE]</c>.</summary>
    ValueTask CompleteAsync(ChatUsage usage);
}
