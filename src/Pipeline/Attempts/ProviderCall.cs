using System.Runtime.CompilerServices;
using Prism.Grains.Interfaces.Chat;
using Prism.Pipeline.Settlement;
using Prism.Providers;

namespace Prism.Pipeline.Attempts;

/// <summary>A provider's answer: whole, or from its first output on. Its end, of any kind, settles the call.</summary>
internal sealed class ProviderCall : Answer
{
    private readonly CallSettlement _settlement;
    private readonly ProviderAnswer _upstream;
    private readonly StreamedOutput? _output;
    private AttemptState? _state;
    private RetryBudget? _budget;
    // The first read returns the frame with which the answer was opened.
    private bool _isAtFirst = true;
    private bool _hasEnded;

    /// <summary>A whole answer as received, whose call is settled.</summary>
    public ProviderCall(CallSettlement settlement, AnswerInfo info, ProviderAnswer upstream, ChatUsage usage)
    {
        (_settlement, Info, _upstream, _hasEnded) = (settlement, info, upstream, true);
        SetFrame(upstream.Raw, usage);
    }

    /// <summary>A whole answer in its canonical form, whose call is settled.</summary>
    public ProviderCall(CallSettlement settlement, AnswerInfo info, ProviderAnswer upstream, ChatResponse whole)
    {
        (_settlement, Info, _upstream, _hasEnded) = (settlement, info, upstream, true);
        SetFrame(whole);
    }

    /// <summary>A streamed answer, which has its first output.</summary>
    public ProviderCall(CallSettlement settlement, AnswerInfo info, ProviderAnswer upstream, StreamedOutput output)
    {
        (_settlement, Info, _upstream, _output, IsStreamed) = (settlement, info, upstream, output, true);
    }

    /// <summary>Takes the frame with which the answer was opened.</summary>
    /// <returns>The reason that there is none; null if there is one.</returns>
    public async ValueTask<ChatError?> BeginAsync()
    {
        while (!TryTake(await _upstream.NextAsync()))
        {
        }

        return Raw.IsEmpty ? Frame.Streamed.Failed : null;
    }

    /// <summary>This is the answer that the request gets.</summary>
    /// <param name="state">The attempts before it; null if it is the first.</param>
    /// <param name="budget">The budget that counts the request until it ends.</param>
    public ProviderCall Keep(AttemptState? state, RetryBudget budget)
    {
        (_state, _budget) = (state, budget);
        Info = state?.WithAttempts(Info!) ?? Info;
        return this;
    }

    protected override ValueTask<bool> ReadAsync()
    {
        if (_isAtFirst)
        {
            _isAtFirst = false;
            return new(Observed(true));
        }

        while (!_hasEnded)
        {
            var next = _upstream.NextAsync();
            if (!next.IsCompletedSuccessfully)
            {
                return WaitAsync(next);
            }

            if (TryTake(next.Result))
            {
                return new(Observed(true));
            }
        }

        return new(false);
    }

    protected override async ValueTask CloseAsync()
    {
        _settlement.Dispose();
        try
        {
            await _upstream.DisposeAsync();
        }
        finally
        {
            _budget?.OnRequestEnded();
            _budget = null;
            _state?.Dispose();
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> WaitAsync(ValueTask<bool> next)
    {
        while (!TryTake(await next))
        {
            next = _upstream.NextAsync();
        }

        return Observed(true);
    }

    /// <returns>False for a chunk that only has the usage, which the last frame repeats.</returns>
    private bool TryTake(bool hasNext)
    {
        if (!hasNext || _upstream.Failed is not null)
        {
            _hasEnded = true;
            SetFrame(hasNext ? (ChatStreamEvent)_settlement.Fail(_upstream.Failed!) : _settlement.End());
            return true;
        }

        if (!_upstream.Raw.IsEmpty)
        {
            _output!.Add(_upstream.Raw.Span, _upstream.ChunkSkim);
            SetFrame(_upstream.Raw);
            return true;
        }

        if (_output!.Add(_upstream.Chunk!) is not { } chunk)
        {
            return false;
        }

        SetFrame((ChatStreamEvent)chunk);
        return true;
    }
}
