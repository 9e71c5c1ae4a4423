using System.Buffers;
using System.Collections.Immutable;
using System.Net.Http.Headers;
using Prism.Chat;

namespace Prism.Providers.Ollama;

internal sealed class OllamaWireFormat(ProviderOptions options) : IWireFormat
{
    public string Path => options.Name;

    public StreamFraming Framing => StreamFraming.ServerSentEvents;

    public void AddHeaders(HttpRequestHeaders headers) => throw new NotImplementedException();

    public ImmutableArray<string> FindUnsupported(ChatRequest request) => throw new NotImplementedException();

    public ChatError? WriteRequest(IBufferWriter<byte> output, ChatRequest request, bool stream) => throw new NotImplementedException();

    public ProviderResult ReadResponse(ReadOnlySpan<byte> body, long created) => throw new NotImplementedException();

    public IStreamDecoder CreateDecoder(long created) => throw new NotImplementedException();

    public VendorError? ReadError(ReadOnlySpan<byte> body) => throw new NotImplementedException();
}
