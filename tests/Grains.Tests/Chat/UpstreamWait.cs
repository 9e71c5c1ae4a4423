namespace Prism.Tests.Chat;

/// <summary>A provider that takes for ever: says nothing until it is cancelled, and lets a test see both.</summary>
internal sealed class UpstreamWait
{
    private readonly TaskCompletionSource _entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Entered => _entered.Task.WaitAsync(Patience.Limit);

    public Task Cancelled => _cancelled.Task.WaitAsync(Patience.Limit);

    public bool HasBeenEntered => _entered.Task.IsCompleted;

    public bool HasBeenCancelled => _cancelled.Task.IsCompleted;

    public async Task UntilCancelledAsync(CancellationToken token)
    {
        await using var registration = token.Register(() => _cancelled.TrySetResult());
        _entered.TrySetResult();
        await _cancelled.Task;
        token.ThrowIfCancellationRequested();
    }
}
