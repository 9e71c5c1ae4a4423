namespace Prism.Grains.Templates;

/// <summary>Some work for a <see cref="TemplateRunner"/>.</summary>
internal abstract class RenderWork
{
    /// <summary>Whether the caller has stopped waiting.</summary>
    public abstract bool IsOver { get; }

    /// <summary>Does it. Never throws.</summary>
    public abstract void Run();

    /// <summary>Gives it up.</summary>
    public abstract void Cancel();
}

/// <summary>Some work with its outcome.</summary>
internal sealed class RenderWork<T> : RenderWork
{
    private readonly Func<CancellationToken, T> _work;
    private readonly CancellationToken _cancellationToken;
    private readonly CancellationTokenRegistration _leaving;

    // The caller continues on another thread: this one is for rendering.
    private readonly TaskCompletionSource<T> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public RenderWork(Func<CancellationToken, T> work, CancellationToken cancellationToken)
    {
        (_work, _cancellationToken) = (work, cancellationToken);
        // A caller that stops waiting does not wait for its turn first.
        _leaving = cancellationToken.UnsafeRegister(static self => ((RenderWork<T>)self!).Cancel(), this);
    }

    public Task<T> Task => _outcome.Task;

    public override bool IsOver => _outcome.Task.IsCompleted;

    public override void Cancel() => _outcome.TrySetCanceled(_cancellationToken);

    public override void Run()
    {
        if (IsOver || _cancellationToken.IsCancellationRequested)
        {
            Cancel();
            return;
        }

        try
        {
            _outcome.TrySetResult(_work(_cancellationToken));
        }
        catch (OperationCanceledException)
        {
            Cancel();
        }
        catch (Exception exception)
        {
            _outcome.TrySetException(exception);
        }

        _leaving.Unregister();
    }
}
