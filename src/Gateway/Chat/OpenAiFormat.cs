using Microsoft.AspNetCore.Http;
using Prism.Formats.OpenAi.Chat;
using Prism.Gateway.Json;
using Prism.Gateway.Sse;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Gateway.Chat;

/// <summary>OpenAI's chat completions, which the official SDKs read unchanged: Prism's canonical form as it is.</summary>
/// <remarks>Source: https://platform.openai.com/docs/api-reference/chat</remarks>
internal sealed class OpenAiFormat : IChatFormat
{
    public static readonly OpenAiFormat Instance = new();

    public ChatError? Check(ChatRequest request) => request is { StreamOptions: not null, Stream: not true }
        ? ChatError.Invalid("'stream_options' is only allowed with 'stream': true.", "stream_options")
        : ChatNames.FindLookalike(request);

    public Task WriteResponseAsync(HttpResponse response, ChatResponse answer) =>
        response.WriteJsonAsync(answer, ChatJson.Lenient.ChatResponse);

    public IChatStreamFormat CreateStream(SseStream output, ChatRequest request) =>
        new StreamFormat(output, request.StreamOptions?.IncludeUsage == true);

    private sealed class StreamFormat(SseStream output, bool includeUsage) : IChatStreamFormat
    {
        private ChatChunk _last = new();
        private bool _held;

        // A last chunk without choices is the provider's word on the usage, whatever else it has in it: it becomes ours, or nothing where
        // the client did not ask. One in another place (Azure's first has the prompt's filter results) goes out as it is.
        public async ValueTask WriteAsync(ChatChunk chunk)
        {
            if (_held)
            {
                await output.WriteAsync(_last, ChatJson.Lenient.ChatChunk);
            }

            _last = chunk;
            _held = chunk is { Choices.IsEmpty: true, Extra: not null };
            if (!chunk.Choices.IsEmpty)
            {
                await output.WriteAsync(chunk, ChatJson.Lenient.ChatChunk);
            }
        }

        public ValueTask CompleteAsync(ChatUsage usage) => includeUsage
            ? output.WriteAsync(_last with { Choices = [], Usage = usage }, ChatJson.Lenient.ChatChunk)
            : ValueTask.CompletedTask;
    }
}
