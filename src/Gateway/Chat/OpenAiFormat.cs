using Microsoft.AspNetCore.Http;
using Prism.Formats.OpenAi.Chat;
using Prism.Gateway.Json;
using Prism.Gateway.Sse;
using Prism.Grains.Interfaces.Chat;
using Prism.Pipeline;

namespace Prism.Gateway.Chat;

/// <summary>
/// OpenAI's chat completions, which the official SDKs read unchanged: a provider's bytes in this format, or Prism's canonical form.
/// </summary>
/// <remarks>Source: https://platform.openai.com/docs/api-reference/chat</remarks>
internal sealed class OpenAiFormat : IChatFormat
{
    public static readonly OpenAiFormat Instance = new();

    public ChatError? Check(CallRequest request) =>
        (request.Raw is { } raw ? raw.Skim is { HasStreamOptions: true, Stream: false } : request.Canonical is { StreamOptions: not null, Stream: not true })
            ? ChatError.Invalid("'stream_options' is only allowed with 'stream': true.", "stream_options")
            : null;

    public Task WriteResponseAsync(HttpResponse response, Answer answer) => answer.Raw.IsEmpty
        ? response.WriteJsonAsync(answer.Frame.Whole!, ChatJson.Lenient.ChatResponse)
        : response.WriteJsonAsync(answer.Raw);

    public IChatStreamFormat CreateStream(SseStream output, CallRequest request) => new StreamFormat(output, request.IncludesUsage);

    private sealed class StreamFormat(SseStream output, bool includesUsage) : IChatStreamFormat
    {
        private ChatChunk? _last;
        private bool _held;

        // A last chunk without choices is the provider's report of the usage: Prism's own replaces it, or nothing if the client did not request
        // usage. One in another place (Azure's first has the prompt's filter results) is sent unchanged.
        public ValueTask WriteAsync(Answer answer)
        {
            if (_held)
            {
                _held = false;
                return WriteHeldAsync(answer);
            }

            if (!answer.Raw.IsEmpty)
            {
                // The last event repeats the common properties of all chunks.
                _last ??= includesUsage ? answer.Frame.Streamed.Chunk : null;
                return output.WriteAsync(answer.Raw.Span);
            }

            _last = answer.Frame.Streamed.Chunk!;
            _held = _last is { Choices.IsEmpty: true, Extra: not null };
            return _last.Choices.IsEmpty ? ValueTask.CompletedTask : output.WriteAsync(_last, ChatJson.Lenient.ChatChunk);
        }

        public ValueTask CompleteAsync(ChatUsage usage) => includesUsage
            ? output.WriteAsync((_last ?? new()) with { Choices = [], Usage = usage }, ChatJson.Lenient.ChatChunk)
            : ValueTask.CompletedTask;

        private async ValueTask WriteHeldAsync(Answer answer)
        {
            await output.WriteAsync(_last!, ChatJson.Lenient.ChatChunk);
            await WriteAsync(answer);
        }
    }
}
