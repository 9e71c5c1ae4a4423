using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Tests;

/// <summary>A pipeline that answers what a test tells it to, when it tells it to.</summary>
internal sealed class ScriptedChat : IChatService
{
    private readonly Channel<(ChatRequest Request, CancellationToken Token)> _calls = Channel.CreateUnbounded<(ChatRequest, CancellationToken)>();

    private Func<ChatRequest, CancellationToken, Task<ChatOutcome>> _complete = (_, _) => throw new InvalidOperationException("Not scripted.");
    private Func<ChatRequest, CancellationToken, IAsyncEnumerable<ChatStreamEvent>> _stream =
        (_, _) => throw new InvalidOperationException("Not scripted.");

    /// <summary>Who answers, where a script does not say.</summary>
    public static AnswerInfo Route { get; } = new() { Provider = "echo", Model = "echo-v1" };

    /// <summary>Whether there is a call that nobody has asked for yet.</summary>
    public bool WasCalled => _calls.Reader.Count > 0;

    /// <summary>The next call and the token that it got.</summary>
    public async Task<(ChatRequest Request, CancellationToken Token)> NextCallAsync() =>
        await _calls.Reader.ReadAsync().AsTask().WaitAsync(GatewayHost.Deadline);

    /// <summary>Calls that are not streamed are answered by this.</summary>
    public void OnComplete(Func<ChatRequest, CancellationToken, Task<ChatOutcome>> script) => _complete = script;

    /// <summary>Calls that are not streamed have this outcome.</summary>
    public void Answer(ChatOutcome outcome) => _complete = (_, _) => Task.FromResult(outcome);

    /// <summary>Calls that are not streamed have this answer.</summary>
    public void Answer(ChatResponse response) => Answer(new ChatOutcome { Response = response, Route = Route });

    /// <summary>Calls that are streamed are answered by this.</summary>
    public void OnStream(Func<ChatRequest, CancellationToken, IAsyncEnumerable<ChatStreamEvent>> script) => _stream = script;

    /// <summary>Calls that are streamed are answered by these events at once.</summary>
    public void Stream(params ChatStreamEvent[] events) => _stream = (_, _) => events.ToAsyncEnumerable();

    /// <summary>Calls that are streamed are answered by the events that the test puts into the returned channel.</summary>
    public ChannelWriter<ChatStreamEvent> StreamByHand()
    {
        var events = Channel.CreateUnbounded<ChatStreamEvent>();
        _stream = (_, token) => RelayAsync(events.Reader, token);
        return events.Writer;
    }

    public Task<ChatOutcome> CompleteAsync(ChatRequest request, CancellationToken cancellationToken)
    {
        _calls.Writer.TryWrite((request, cancellationToken));
        return _complete(request, cancellationToken);
    }

    public IAsyncEnumerable<ChatStreamEvent> StreamAsync(ChatRequest request, CancellationToken cancellationToken)
    {
        _calls.Writer.TryWrite((request, cancellationToken));
        return _stream(request, cancellationToken);
    }

    private static async IAsyncEnumerable<ChatStreamEvent> RelayAsync(
        ChannelReader<ChatStreamEvent> events, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var streamEvent in events.ReadAllAsync(cancellationToken))
        {
            yield return streamEvent;
            if (streamEvent is { Completed: not null } or { Failed: not null })
            {
                yield break;
            }
        }
    }
}
