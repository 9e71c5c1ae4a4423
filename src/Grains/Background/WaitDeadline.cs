namespace Prism.Grains.Background;

/// <summary>Until when a request waits for others.</summary>
internal readonly struct WaitDeadline(TimeProvider time, TimeSpan length)
{
    private readonly long _begun = time.GetTimestamp();

    public bool IsOver => Left <= TimeSpan.Zero;

    private TimeSpan Left => length - time.GetElapsedTime(_begun);

    /// <exception cref="TimeoutException">It was over first.</exception>
    public Task<T> BoundAsync<T>(Task<T> task, CancellationToken cancellationToken) =>
        task.WaitAsync(Left is var left && left > TimeSpan.Zero ? left : TimeSpan.Zero, time, cancellationToken);
}
