using Prism.Formats;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Providers.Upstream;

/// <summary>Makes room in the memory budget before an event is decoded.</summary>
internal sealed class WeighedDecoder(IStreamDecoder inner, UpstreamExchange exchange) : IStreamDecoder
{
    public bool IsComplete => inner.IsComplete;

    public bool MayEnd => inner.MayEnd;

    public void Decode(string eventType, ReadOnlySpan<byte> data, List<ChatStreamEvent> output)
    {
        exchange.Weigh(data);
        inner.Decode(eventType, data, output);
    }
}
