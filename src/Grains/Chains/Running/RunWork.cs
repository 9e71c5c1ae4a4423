namespace Prism.Grains.Chains.Running;

/// <summary>The work of this activation on a run, for callers that wait for it.</summary>
internal sealed class RunWork : IDisposable
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    private readonly RunLoop _loop;
    private readonly TimeProvider _time;

    private RunWork(RunLoop loop, RunRegistration registration, TimeProvider time)
    {
        (_loop, _time) = (loop, time);
        Freed = FreeAsync(registration);
    }

    /// <summary>Whether the run has ended (true), or goes on in another activation (false).</summary>
    public Task<bool> Ended => _loop.Ended;

    /// <summary>Completes after <see cref="Ended"/>, once the run's quota is free: the caller's next start may follow at once.</summary>
    public Task Freed { get; }

    /// <summary>The work of a loop that is about to begin.</summary>
    public static RunWork Of(RunLoop loop, RunRegistration registration, TimeProvider time) => new(loop, registration, time);

    /// <summary>Waits for the end of the run, at most ten seconds.</summary>
    /// <exception cref="OrleansException">The run goes on in another activation.</exception>
    public async Task WaitAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        var wait = TimeSpan.FromTicks(Math.Clamp(timeout.Ticks, 0, LongestWait.Ticks));
        try
        {
            await Freed.WaitAsync(wait, _time, cancellationToken);
            ThrowIfOvertaken(await Ended);
        }
        catch (TimeoutException)
        {
            // The caller gets the run as it is.
        }
    }

    /// <summary>Ends the run.</summary>
    /// <exception cref="OrleansException">The run goes on in another activation.</exception>
    public async Task CancelAsync()
    {
        ThrowIfOvertaken(await _loop.CancelAsync());
        await Freed;
    }

    /// <summary>Stops the work, not the run.</summary>
    public Task StopAsync() => _loop.StopAsync();

    public void Dispose() => _loop.Dispose();

    /// <summary>The error for a call that another activation has to answer.</summary>
    public static OrleansException Overtaken() => new("The run goes on in another activation. Repeat the call.");

    private async Task FreeAsync(RunRegistration registration)
    {
        if (await Ended)
        {
            await registration.FreeAsync();
        }
    }

    private static void ThrowIfOvertaken(bool ended)
    {
        if (!ended)
        {
            throw Overtaken();
        }
    }
}
