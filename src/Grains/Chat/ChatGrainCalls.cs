namespace Prism.Grains.Chat;

/// <summary>This silo's calls in progress of Orleans clients.</summary>
internal sealed class ChatGrainCalls
{
    private readonly Lock _lock = new();
    private TaskCompletionSource? _none;
    private int _count;

    /// <summary>A call begins; to be disposed at its end.</summary>
    public Call Begin()
    {
        lock (_lock)
        {
            _count++;
        }

        return new(this);
    }

    /// <summary>Ends when no call is in progress.</summary>
    public Task WhenNoneAsync()
    {
        lock (_lock)
        {
            return _count == 0 ? Task.CompletedTask : (_none ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    private void End()
    {
        lock (_lock)
        {
            if (--_count == 0)
            {
                _none?.SetResult();
                _none = null;
            }
        }
    }

    /// <summary>A call in progress.</summary>
    public readonly struct Call(ChatGrainCalls calls) : IDisposable
    {
        public void Dispose() => calls.End();
    }
}
