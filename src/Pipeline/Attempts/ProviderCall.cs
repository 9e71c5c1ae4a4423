using Prism.Grains.Interfaces.Chat;
using Prism.Pipeline.Settlement;

namespace Prism.Pipeline.Attempts;

/// <summary>A provider's answer: whole, or at its first chunk. Its end, whichever it is, settles the call.</summary>
internal sealed class ProviderCall : Answer
{
    private readonly CallSettlement _settlement;
    private readonly IAsyncEnumerator<ChatStreamEvent>? _events;
    private readonly StreamedOutput? _output;
    private AttemptState? _state;
    private RetryBudget? _budget;
    // The frame that it was opened with is handed out by the first step.
    private bool _isAtFirst;
    private bool _hasEnded;

    /// <summary>A whole answer, whose call is settled.</summary>
    public ProviderCall(CallSettlement settlement, AnswerInfo info, ChatResponse whole)
    {
        (_settlement, Info, Frame) = (settlement, info, whole);
        (_isAtFirst, _hasEnded) = (true, true);
    }

    /// <summary>A streamed answer, of which nothing has been read.</summary>
    public ProviderCall(CallSettlement settlement, AnswerInfo info, IAsyncEnumerator<ChatStreamEvent> events, StreamedOutput output)
    {
        (_settlement, Info, _events, _output) = (settlement, info, events, output);
        IsStreamed = true;
    }

    /// <summary>Whether the model has begun to answer.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>Reads up to the first output.</summary>
    /// <returns>Why there is none; null where there is.</returns>
    public async ValueTask<ChatError?> BeginAsync()
    {
        while (!TryTake(await _events!.MoveNextAsync()))
        {
        }

        if (Frame.Streamed.Failed is { } failed)
        {
            return failed;
        }

        _settlement.OnFirstOutput();
        (HasBegun, _isAtFirst) = (true, true);
        return null;
    }

    /// <summary>This is the answer that the request gets.</summary>
    /// <param name="state">The attempts before it; null where it is the first.</param>
    /// <param name="budget">Where the request is counted until it ends.</param>
    public ProviderCall Keep(AttemptState? state, RetryBudget budget)
    {
        (_state, _budget) = (state, budget);
        Info = state?.WithAttempts(Info!) ?? Info;
        return this;
    }

    public override ValueTask<bool> NextAsync()
    {
        if (_isAtFirst)
        {
            _isAtFirst = false;
            return new(true);
        }

        if (_hasEnded)
        {
            return new(false);
        }

        var next = _events!.MoveNextAsync();
        while (next.IsCompletedSuccessfully)
        {
            if (TryTake(next.Result))
            {
                return new(true);
            }

            next = _events.MoveNextAsync();
        }

        return WaitAsync(next);
    }

    public override async ValueTask DisposeAsync()
    {
        _settlement.Dispose();
        try
        {
            if (_events is not null)
            {
                await _events.DisposeAsync();
            }
        }
        finally
        {
            _budget?.OnRequestEnded();
            _budget = null;
            _state?.Dispose();
        }
    }

    private async ValueTask<bool> WaitAsync(ValueTask<bool> next)
    {
        while (!TryTake(await next))
        {
            next = _events!.MoveNextAsync();
        }

        return true;
    }

    /// <returns>False for a chunk that only brings the usage, which the last frame has.</returns>
    private bool TryTake(bool hasNext)
    {
        if (!hasNext || _events!.Current.Failed is not null)
        {
            _hasEnded = true;
            Frame = hasNext ? (ChatStreamEvent)_settlement.Fail(_events!.Current.Failed!) : _settlement.End();
            return true;
        }

        if (_output!.Add(_events.Current.Chunk!) is not { } chunk)
        {
            return false;
        }

        Frame = (ChatStreamEvent)chunk;
        return true;
    }
}
