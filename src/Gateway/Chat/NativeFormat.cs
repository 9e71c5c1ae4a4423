using Microsoft.AspNetCore.Http;
using Prism.Formats.OpenAi.Chat;
using Prism.Formats.Prism.Chat;
using Prism.Gateway.Json;
using Prism.Gateway.Sse;
using Prism.Grains.Interfaces.Chat;
using Prism.Pipeline;

namespace Prism.Gateway.Chat;

/// <summary>Prism's own format: one flat object for an answer, and one for each piece of it.</summary>
internal sealed class NativeFormat : IChatFormat
{
    public static readonly NativeFormat Instance = new();

    public ChatError? Check(CallRequest request) => request.N > 1
        ? ChatError.Invalid("'n' must be 1 here: this format has one choice. Use /v1/chat/completions for more.", "n")
        : OpenAiFormat.Instance.Check(request);

    public Task WriteResponseAsync(HttpResponse response, Answer answer) =>
        response.WriteJsonAsync(NativeResponse.From(answer.Frame.Whole!), GatewayJson.Api.NativeResponse);

    public IChatStreamFormat CreateStream(SseStream output, CallRequest request) => new StreamFormat(output, request.IncludesUsage);

    private sealed class StreamFormat(SseStream output, bool includeUsage) : IChatStreamFormat
    {
        private string? _id;
        private string? _model;
        private string? _finishReason;

        public ValueTask WriteAsync(Answer answer)
        {
            var chunk = answer.Frame.Streamed.Chunk!;
            (_id, _model) = (chunk.Id, chunk.Model);
            if (chunk.Choices is not [var choice, ..])
            {
                return ValueTask.CompletedTask;
            }

            // The finish reason is sent last and alone, wherever the provider sent it.
            _finishReason = choice.FinishReason ?? _finishReason;
            return choice.Delta is { Content: null or "", ToolCalls: null, ReasoningContent: null or "", Refusal: null or "" }
                ? ValueTask.CompletedTask
                : output.WriteAsync(NativeChunk.From(chunk, choice.Delta), GatewayJson.Api.NativeChunk);
        }

        public ValueTask CompleteAsync(ChatUsage usage) => output.WriteAsync(
            new NativeChunk { Id = _id, Model = _model, Delta = "", FinishReason = _finishReason, Usage = includeUsage ? usage : null },
            GatewayJson.Api.NativeChunk);
    }
}
