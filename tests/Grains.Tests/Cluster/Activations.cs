namespace Prism.Tests.Cluster;

/// <summary>Counts activations, and can be waited for until none is left.</summary>
internal sealed class Activations
{
    private readonly Lock _lock = new();
    private TaskCompletionSource? _noneLeft;
    private int _alive;

    public int Begun { get; private set; }

    public void OnBegun()
    {
        lock (_lock)
        {
            Begun++;
            _alive++;
        }
    }

    public void OnEnded()
    {
        lock (_lock)
        {
            if (--_alive == 0)
            {
                _noneLeft?.TrySetResult();
            }
        }
    }

    public Task NoneLeftAsync()
    {
        lock (_lock)
        {
            _noneLeft = new(TaskCreationOptions.RunContinuationsAsynchronously);
            if (_alive == 0)
            {
                _noneLeft.SetResult();
            }

            return _noneLeft.Task.WaitAsync(Patience.Limit);
        }
    }
}
