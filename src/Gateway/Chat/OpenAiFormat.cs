using Microsoft.AspNetCore.Http;
using Prism.Sse;

namespace Prism.Chat;

/// <summary>OpenAI's chat completions, which the official SDKs read unchanged: Prism's canonical form as it is.</summary>
/// <remarks>Source: https://platform.openai.com/docs/api-reference/chat</remarks>
internal sealed class OpenAiFormat : IChatFormat
{
    public static readonly OpenAiFormat Instance = new();

    public ChatError? Check(ChatRequest request) => request is { StreamOptions: not null, Stream: not true }
        ? ChatError.Invalid("'stream_options' is only allowed with 'stream': true.", "stream_options")
        : null;

    public Task WriteResponseAsync(HttpResponse response, ChatResponse answer) =>
        response.WriteAsJsonAsync(answer, ChatJson.Lenient.ChatResponse, cancellationToken: response.HttpContext.RequestAborted);

    public IChatStreamFormat CreateStream(SseStream output, ChatRequest request) =>
        new StreamFormat(output, request.StreamOptions?.IncludeUsage == true);

    private sealed class StreamFormat(SseStream output, bool includeUsage) : IChatStreamFormat
    {
        private ChatChunk? _last;

        public ValueTask WriteAsync(ChatChunk chunk)
        {
            _last = chunk;
            // A chunk that only brought the usage: that is told at the end, and only to who asked.
            return chunk.Choices.IsEmpty && chunk.Extra is null ? ValueTask.CompletedTask : output.WriteAsync(chunk, ChatJson.Lenient.ChatChunk);
        }

        public ValueTask CompleteAsync(ChatUsage usage) => includeUsage
            ? output.WriteAsync(
                new ChatChunk { Id = _last?.Id, Created = _last?.Created ?? 0, Model = _last?.Model, Usage = usage }, ChatJson.Lenient.ChatChunk)
            : ValueTask.CompletedTask;
    }
}
