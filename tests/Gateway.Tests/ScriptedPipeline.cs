using Prism.Formats.OpenAi.Chat;
using Prism.Grains.Interfaces.Chat;
using Prism.Pipeline;

namespace Prism.Tests;

/// <summary>A pipeline whose answers are those of a <see cref="ScriptedChat"/>.</summary>
internal sealed class ScriptedPipeline(IChatService chat) : ICallPipeline
{
    public async ValueTask<Answer> OpenAsync(CallRequest call, bool stream, CancellationToken client)
    {
        var request = call.Canonical;
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

        public Whole(ChatOutcome outcome)
        {
            Info = outcome.Route;
            SetFrame(outcome.Response!);
        }

        protected override ValueTask<bool> ReadAsync() => new(!_isRead && (_isRead = true));

        protected override ValueTask CloseAsync() => ValueTask.CompletedTask;
    }

    private sealed class Streamed : Answer
    {
        private readonly IAsyncEnumerator<ChatStreamEvent> _events;

        public Streamed(IAsyncEnumerator<ChatStreamEvent> events, AnswerInfo route) => (_events, Info, IsStreamed) = (events, route, true);

        protected override async ValueTask<bool> ReadAsync()
        {
            if (!await _events.MoveNextAsync())
            {
                return false;
            }

            SetFrame(_events.Current);
            return true;
        }

        protected override ValueTask CloseAsync() => _events.DisposeAsync();
    }
}
