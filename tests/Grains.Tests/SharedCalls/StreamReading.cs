using Prism.Grains.Interfaces.Chat;

namespace Prism.Tests.SharedCalls;

/// <summary>A stream that is read event by event, and left when the test wants.</summary>
internal sealed class StreamReading(IAsyncEnumerable<ChatStreamEvent> stream) : IAsyncDisposable
{
    private readonly IAsyncEnumerator<ChatStreamEvent> _events = stream.GetAsyncEnumerator();

    public AnswerInfo? Route { get; private set; }

    /// <summary>The next event that is not the route.</summary>
    public async Task<ChatStreamEvent> NextAsync()
    {
        do
        {
            Assert.True(await _events.MoveNextAsync());
            Route = _events.Current.Started ?? Route;
        }
        while (_events.Current.Started is not null);
        return _events.Current;
    }

    /// <summary>The next event, which has to be this piece.</summary>
    public async Task PieceAsync(string text) => Assert.Equal(text, (await NextAsync()).Chunk?.Choices.Single().Delta.Content);

    public ValueTask DisposeAsync() => _events.DisposeAsync();
}
