using System.Buffers;
using System.Collections.Immutable;
using Prism.Formats.Json;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Formats.OpenAi.Chat;

/// <summary>Writes OpenAI's chat completions. Prism's canonical form is the same, so this writes it as it is, with what it does not know.</summary>
/// <remarks>Source: https://platform.openai.com/docs/api-reference/chat</remarks>
public sealed class OpenAiRequestWriter : IRequestWriter
{
    // What OpenAI's own models refuse, another server of this type may do: the provider says so itself.
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
        // One cap, the one that counts here: of two, servers differ in which they obey.
        MaxTokens = request.MaxCompletionTokens is null ? request.MaxTokens : null,
        Stream = stream ? true : null,
        // Asked for whether or not the client did: accounting needs it.
        StreamOptions = stream ? (request.StreamOptions ?? new()) with { IncludeUsage = true } : null,
    };
}
