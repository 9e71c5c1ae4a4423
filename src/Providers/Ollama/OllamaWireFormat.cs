using System.Buffers;
using System.Collections.Immutable;
using System.Net.Http.Headers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Prism.Grains.Interfaces;
using Prism.Grains.Interfaces.Chat;
using Prism.Providers.Upstream;

namespace Prism.Providers.Ollama;

/// <summary>Ollama's own chat, which unlike its imitation of OpenAI's knows every option of its models.</summary>
/// <remarks>Source: https://docs.ollama.com/api/chat</remarks>
internal sealed class OllamaWireFormat(ProviderOptions options) : IWireFormat
{
    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly UpstreamErrors _errors = new(options);

    public string PathAt(string baseUrl) => "api/chat";

    public StreamFraming Framing => StreamFraming.JsonLines;

    public void AddHeaders(HttpRequestHeaders headers, string? apiKey)
    {
        // A server of one's own takes no key; Ollama's cloud and proxies in front of a server do.
        if (apiKey is not null)
        {
            headers.Authorization = new("Bearer", apiKey);
        }
    }

    public ImmutableArray<string> FindUnsupported(ChatRequest request) => OllamaParameters.FindUnsupported(request);

    public ChatError? WriteRequest(IBufferWriter<byte> output, ChatRequest request, bool stream)
    {
        var refusal = new OllamaRefusal(options);
        var body = new OllamaRequest
        {
            Model = request.Model,
            Messages = new OllamaConversation(refusal).Translate(request.Messages),
            Tools = OllamaTools.Create(request, refusal),
            Stream = stream,
            Format = OllamaParameters.CreateFormat(request, refusal),
            Options = OllamaParameters.CreateOptions(request, refusal),
            Think = OllamaParameters.CreateThink(request, refusal),
            KeepAlive = OllamaParameters.CreateKeepAlive(request),
        };
        if (refusal.Error is { } error)
        {
            return error;
        }

        using var writer = new Utf8JsonWriter(output, WriterOptions);
        JsonSerializer.Serialize(writer, body, OllamaJson.Default.OllamaRequest);
        return null;
    }

    public ProviderResult ReadResponse(ReadOnlySpan<byte> body, long created)
    {
        var answer = OllamaJson.ReadResponse(body);
        if (answer.Error is { } error)
        {
            return _errors.FromEvent(ChatErrorKind.UpstreamServerError, new VendorError(error));
        }

        if (answer is not { Done: true, Message: { } message })
        {
            throw new JsonException("An answer that is not whole.");
        }

        var toolCalls = OllamaAnswer.ToolCalls(message);
        var finishReason = OllamaAnswer.FinishReason(answer, calledTools: toolCalls is not null);
        return new ChatResponse
        {
            Id = RandomId.OfAnswer(),
            Created = created,
            Model = answer.Model,
            Choices = [new() { Message = ToMessage(message, toolCalls), FinishReason = finishReason }],
            Usage = OllamaAnswer.Usage(answer),
        };
    }

    public IStreamDecoder CreateDecoder(long created) => new OllamaStreamDecoder(_errors, created);

    public VendorError? ReadError(ReadOnlySpan<byte> body)
    {
        try
        {
            return OllamaJson.ReadResponse(body).Error is { } error ? new VendorError(error) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static AssistantMessage ToMessage(OllamaMessage message, ImmutableArray<ToolCall>? toolCalls) => new()
    {
        // An answer of tool calls only has no text; any other has one, if empty.
        Content = OllamaAnswer.Text(message.Content) ?? (toolCalls is null ? "" : null),
        ReasoningContent = OllamaAnswer.Text(message.Thinking),
        ToolCalls = toolCalls,
    };
}
