using Prism.Grains.Breakers;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Pipeline.Attempts;

/// <summary>A streamed answer that has begun, and stands at its first event.</summary>
internal sealed class OpenedStream(IAsyncEnumerator<ChatStreamEvent> events, CircuitPass pass) : IAsyncDisposable
{
    /// <summary>Where it stands.</summary>
    public ChatStreamEvent Current => events.Current;

    /// <summary>Goes on to the next event. False: there is none.</summary>
    public async ValueTask<bool> MoveNextAsync()
    {
        var hasNext = await events.MoveNextAsync();
        if (hasNext && (events.Current.Completed is not null || events.Current.Failed is not null))
        {
            pass.OnEnded(events.Current.Failed);
        }

        return hasNext;
    }

    public async ValueTask DisposeAsync()
    {
        pass.Dispose();
        await events.DisposeAsync();
    }
}
