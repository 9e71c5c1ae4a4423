namespace Prism.Grains.Quotas;

/// <summary>A request that waits because the stock of its silo did not suffice. Its members are used under the lock of its quota.</summary>
internal sealed class LeaseWaiter(Charge charge)
{
    private readonly TaskCompletionSource<LeaseAdmission> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ITimer? _deadline;
    private CancellationTokenRegistration _cancelled;

    public Charge Charge => charge;

    public Task<LeaseAdmission> Outcome => _outcome.Task;

    /// <summary>Registers the deadline and the cancellation of the wait.</summary>
    public void Watch(ITimer? deadline, CancellationTokenRegistration cancelled) => (_deadline, _cancelled) = (deadline, cancelled);

    public void Complete(LeaseAdmission admission)
    {
        Leave();
        _outcome.TrySetResult(admission);
    }

    public void Cancel(CancellationToken cancellationToken)
    {
        Leave();
        _outcome.TrySetCanceled(cancellationToken);
    }

    private void Leave()
    {
        _deadline?.Dispose();
        // Does not wait for a callback that is running: it would wait for the lock that is held here.
        _cancelled.Unregister();
    }
}
