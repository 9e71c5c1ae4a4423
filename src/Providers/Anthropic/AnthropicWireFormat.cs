using System.Buffers;
using System.Collections.Immutable;
using System.Net.Http.Headers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Prism.Grains.Interfaces.Chat;
using Prism.Providers.Upstream;

namespace Prism.Providers.Anthropic;

/// <summary>Anthropic's messages.</summary>
/// <remarks>Source: https://platform.claude.com/docs/en/api/messages</remarks>
internal sealed class AnthropicWireFormat(ProviderOptions options) : IWireFormat
{
    // The last version that takes temperature, top_p and top_k: 2026-10-21 refuses them, even at their defaults.
    // Source: https://platform.claude.com/docs/en/api/versioning
    private const string Version = "2023-06-01";

    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly UpstreamErrors _errors = new(options);

    // Anthropic's own base URL has no version in it, those of other servers of this type often do.
    public string PathAt(string baseUrl) => baseUrl.EndsWith("/v1", StringComparison.OrdinalIgnoreCase) ? "messages" : "v1/messages";

    public StreamFraming Framing => StreamFraming.ServerSentEvents;

    public void AddHeaders(HttpRequestHeaders headers, string? apiKey)
    {
        headers.Add("anthropic-version", Version);
        if (apiKey is not null)
        {
            headers.Add("x-api-key", apiKey);
        }
    }

    public ImmutableArray<string> FindUnsupported(ChatRequest request) => AnthropicParameters.FindUnsupported(request);

    public int ExtraOutputTokens(ChatRequest request) => AnthropicReasoning.Of(request, new(options.Name)).ExtraTokens;

    public ChatError? WriteRequest(IBufferWriter<byte> output, ChatRequest request, bool stream)
    {
        var faults = new AnthropicFaults(options.Name);
        var body = AnthropicRequestMapper.Map(request, stream, options.DefaultMaxTokens, faults);
        if (faults.First is { } refused)
        {
            return refused;
        }

        try
        {
            using var writer = new Utf8JsonWriter(output, WriterOptions);
            JsonSerializer.Serialize(writer, body, AnthropicJson.Default.AnthropicRequest);
            return null;
        }
        catch (JsonException)
        {
            // An escaped half of a surrogate pair is read as JSON and only shows when it is written again.
            return ChatError.Invalid("The request has text in it that is not valid Unicode.");
        }
    }

    public ProviderResult ReadResponse(ReadOnlySpan<byte> body, long created)
    {
        var response = JsonSerializer.Deserialize(body, AnthropicJson.Default.AnthropicResponse) ?? throw new JsonException("No answer.");
        if (response.Error is { } vendorError)
        {
            var error = AnthropicError.Read(vendorError);
            return _errors.FromEvent(AnthropicError.KindOf(error), error);
        }

        return AnthropicResponseMapper.Map(response, created);
    }

    public IStreamDecoder CreateDecoder(long created) => new AnthropicStreamDecoder(_errors, created);

    public VendorError? ReadError(ReadOnlySpan<byte> body) => AnthropicError.Read(body);
}
