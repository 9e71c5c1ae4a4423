using System.Buffers;
using System.Collections.Immutable;
using Prism.Formats.Json;
using Prism.Formats.Ollama;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Formats.Conversions;

/// <summary>Writes OpenAI's chat completions as Ollama's own chat, which has every option of its models, unlike its OpenAI-compatible endpoint.</summary>
/// <param name="provider">The provider's name, for messages.</param>
public sealed class OpenAiChatToOllama(string provider) : IRequestWriter
{
    /// <inheritdoc/>
    public ImmutableArray<string> FindUnsupported(ChatRequest request) => OllamaParameters.FindUnsupported(request);

    /// <inheritdoc/>
    public ChatError? Write(IBufferWriter<byte> output, ChatRequest request, bool stream)
    {
        var faults = new ConversionFaults(provider);
        var body = new OllamaRequest
        {
            Model = request.Model,
            Messages = new OllamaConversation(faults).Translate(request.Messages),
            Tools = OllamaTools.Create(request, faults),
            Stream = stream,
            Format = OllamaParameters.CreateFormat(request, faults),
            Options = OllamaParameters.CreateOptions(request, faults),
            Think = OllamaParameters.CreateThink(request, faults),
            KeepAlive = OllamaParameters.CreateKeepAlive(request),
        };
        if (faults.First is { } error)
        {
            return error;
        }

        RequestJson.Write(output, body, OllamaJson.Default.OllamaRequest);
        return null;
    }
}
