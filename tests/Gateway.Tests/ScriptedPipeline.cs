using Prism.Grains.Interfaces.Chat;
using Prism.Pipeline;

namespace Prism.Tests;

/// <summary>A pipeline whose answers are those of a <see cref="ScriptedChat"/>.</summary>
internal sealed class ScriptedPipeline(IChatService chat) : ICallPipeline
{
    public async ValueTask<Answer> OpenAsync(ChatRequest request, bool stream, CancellationToken client)
    {
        if (!stream)
        {
            var outcome = await chat.CompleteAsync(request, client);
            return outcome.Error is { } error ? Answer.Failed(error, outcome.Route) : new Whole(outcome);
        }

        var events = chat.StreamAsync(request, client).GetAsyncEnumerator(client);
        if (await events.MoveNextAsync() && events.Current.Started is { } route)
        {
            return new Streamed(events, route);
        }

        var failed = Answer.Failed(events.Current.Failed ?? throw new InvalidOperationException("A stream begins with its start."));
        await events.DisposeAsync();
        return failed;
    }

    private sealed class Whole : Answer
    {
        private bool _isRead;

        public Whole(ChatOutcome outcome) => (Info, Frame) = (outcome.Route, outcome.Response!);

        public override ValueTask<bool> NextAsync() => new(!_isRead && (_isRead = true));

        public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    private sealed class Streamed : Answer
    {
        private readonly IAsyncEnumerator<ChatStreamEvent> _events;

        public Streamed(IAsyncEnumerator<ChatStreamEvent> events, AnswerInfo route) => (_events, Info, IsStreamed) = (events, route, true);

        public override async ValueTask<bool> NextAsync()
        {
            var hasNext = await _events.MoveNextAsync();
            Frame = hasNext ? _events.Current : Frame;
            return hasNext;
        }

        public override ValueTask DisposeAsync() => _events.DisposeAsync();
    }
}
