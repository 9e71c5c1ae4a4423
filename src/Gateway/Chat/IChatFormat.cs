using Microsoft.AspNetCore.Http;
using Prism.Formats.OpenAi.Chat;
using Prism.Gateway.Sse;
using Prism.Grains.Interfaces.Chat;
using Prism.Pipeline;

namespace Prism.Gateway.Chat;

/// <summary>How a chat's answer is written for a client. The request has the same form in both formats.</summary>
internal interface IChatFormat
{
    /// <summary>Finds what of the request cannot be answered in this format.</summary>
    ChatError? Check(CallRequest request);

    /// <summary>Writes a whole answer.</summary>
    Task WriteResponseAsync(HttpResponse response, Answer answer);

    /// <summary>Begins a streamed answer.</summary>
    IChatStreamFormat CreateStream(SseStream output, CallRequest request);
}

/// <summary>The events of one streamed answer.</summary>
internal interface IChatStreamFormat
{
    /// <summary>Writes the chunk that an answer stands at.</summary>
    ValueTask WriteAsync(Answer answer);

    /// <summary>Writes what comes after the last chunk, before <c>[DONE]</c>.</summary>
    ValueTask CompleteAsync(ChatUsage usage);
}
