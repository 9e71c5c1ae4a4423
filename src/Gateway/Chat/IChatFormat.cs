using Microsoft.AspNetCore.Http;
using Prism.Gateway.Sse;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Gateway.Chat;

/// <summary>How a chat's answer is said to a client. The request is said the same way in both formats.</summary>
internal interface IChatFormat
{
    /// <summary>What of the request cannot be answered in this format, or null.</summary>
    ChatError? Check(ChatRequest request);

    /// <summary>Answers with the whole answer.</summary>
    Task WriteResponseAsync(HttpResponse response, ChatResponse answer);

    /// <summary>Begins to answer piece by piece.</summary>
    IChatStreamFormat CreateStream(SseStream output, ChatRequest request);
}

/// <summary>The pieces of one streamed answer.</summary>
internal interface IChatStreamFormat
{
    /// <summary>Writes a piece.</summary>
    ValueTask WriteAsync(ChatChunk chunk);

    /// <summary>Writes what comes after the last piece, before <c>[DONE]</c>.</summary>
    ValueTask CompleteAsync(ChatUsage usage);
}
