namespace Prism.Tests.Logging;

/// <summary>Blocks its writer until it is opened, as a pipe does whose reader is busy.</summary>
internal sealed class BlockedOutput : LogText
{
    private readonly TaskCompletionSource _blocked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ManualResetEventSlim _open = new();

    /// <summary>Completes when something has been written, which is now blocked.</summary>
    public Task Blocked => _blocked.Task;

    public void Open() => _open.Set();

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        _blocked.TrySetResult();
        Assert.True(_open.Wait(Patience.Limit));
        base.Write(buffer);
    }

    protected override void Dispose(bool disposing)
    {
        _open.Dispose();
        base.Dispose(disposing);
    }
}
