using System.Buffers;
using System.Collections.Immutable;
using System.Net.Http.Headers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Prism.Grains.Interfaces.Chat;
using Prism.Providers.Upstream;

namespace Prism.Providers.OpenAi;

/// <summary>OpenAI's chat completions. Prism's canonical form is the same, so this writes and reads it as it is, with what it does not know.</summary>
/// <remarks>Source: https://platform.openai.com/docs/api-reference/chat</remarks>
internal sealed class OpenAiWireFormat(ProviderOptions options) : IWireFormat
{
    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly UpstreamErrors _errors = new(options);

    public string PathAt(string baseUrl) => "chat/completions";

    public StreamFraming Framing => StreamFraming.ServerSentEvents;

    public string? IdempotencyHeader => "Idempotency-Key";

    public void AddHeaders(HttpRequestHeaders headers, string? apiKey)
    {
        if (apiKey is not null)
        {
            headers.Authorization = new("Bearer", apiKey);
        }
    }

    // What OpenAI's own models refuse, another server of this type may do: the provider says so itself.
    public ImmutableArray<string> FindUnsupported(ChatRequest request) => [];

    public ChatError? WriteRequest(IBufferWriter<byte> output, ChatRequest request, bool stream)
    {
        using var writer = new Utf8JsonWriter(output, WriterOptions);
        JsonSerializer.Serialize(writer, ForUpstream(request, stream), ChatJson.Lenient.ChatRequest);
        return null;
    }

    public ProviderResult ReadResponse(ReadOnlySpan<byte> body, long created)
    {
        var response = JsonSerializer.Deserialize(body, ChatJson.Lenient.ChatResponse) ?? throw new JsonException("No answer.");
        if (response.Choices.IsEmpty && OpenAiError.Read(response.Extra) is { } error)
        {
            return _errors.FromEvent(OpenAiError.KindOf(error), error);
        }

        return response.Created > 0 ? response : response with { Created = created };
    }

    public IStreamDecoder CreateDecoder(long created) => new OpenAiStreamDecoder(_errors, created);

    public VendorError? ReadError(ReadOnlySpan<byte> body) => OpenAiError.Read(body);

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
