using System.Buffers;
using System.Collections.Immutable;
using Prism.Formats.Json;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Formats.OpenAi.Chat;

/// <summary>
/// Writes OpenAI's chat completions. Prism's canonical form is the same, so this writes it without conversion, including unknown properties.
/// </summary>
/// <remarks>Source: https://platform.openai.com/docs/api-reference/chat</remarks>
public sealed class OpenAiRequestWriter : IRequestWriter
{
    // Other servers of this type may support parameters that OpenAI's own models reject: the provider decides.
    /// <inheritdoc/>
    public ImmutableArray<string> FindUnsupported(ChatRequest request) => [];

    /// <inheritdoc/>
    public ChatError? Write(IBufferWriter<byte> output, ChatRequest request, bool stream)
    {
        RequestJson.Write(output, ForUpstream(request, stream), ChatJson.Lenient.ChatRequest);
        return null;
    }

    private static ChatRequest ForUpstream(ChatRequest request, bool stream) => request with
    {
        Template = null,
        Variables = null,
        Fallbacks = null,
        // Only one cap, the newer one: servers differ in which of two they obey.
        MaxTokens = request.MaxCompletionTokens is null ? request.MaxTokens : null,
        Stream = stream ? true : null,
        // Always requested: accounting needs the usage.
        StreamOptions = stream ? (request.StreamOptions ?? new()) with { IncludeUsage = true } : null,
    };
}
