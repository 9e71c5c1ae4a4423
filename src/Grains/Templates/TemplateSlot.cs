using Prism.Chat;

namespace Prism.Templates;

/// <summary>One name's place in the <see cref="TemplateCache"/>.</summary>
internal sealed class TemplateSlot(string key)
{
    private readonly Lock _lock = new();
    private TemplateHeld? _last;
    private Task<TemplateHeld?>? _asking;
    private volatile TemplateHeld? _held;
    private int _forgotten;
    private long _usedAt;

    public string Key => key;

    /// <summary>The timestamp of its last use.</summary>
    public long UsedAt { get => Volatile.Read(ref _usedAt); set => Volatile.Write(ref _usedAt, value); }

    /// <summary>What was read last; null where nothing has been since it was forgotten.</summary>
    public TemplateHeld? Held => _held;

    /// <summary>Asks, unless somebody is asking.</summary>
    /// <param name="ask">Is given what was read last, forgotten or not. Must not throw.</param>
    public Task<TemplateHeld?> AskOnce(Func<TemplateHeld?, Task<TemplateHeld?>> ask)
    {
        lock (_lock)
        {
            return _asking ??= AskAsync(ask, _last, _forgotten);
        }
    }

    /// <summary>Lets nobody have what has been read or is being read.</summary>
    public void Forget()
    {
        lock (_lock)
        {
            _forgotten++;
            _held = null;
            // Whoever comes now must not get the answer to a question from before.
            _asking = null;
        }
    }

    private async Task<TemplateHeld?> AskAsync(Func<TemplateHeld?, Task<TemplateHeld?>> ask, TemplateHeld? last, int forgotten)
    {
        // Neither under the caller's lock nor in its grain's turns: others wait for the answer too.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        var answer = await ask(last);
        lock (_lock)
        {
            if (_forgotten == forgotten)
            {
                _asking = null;
                _held = answer ?? _held;
                _last = answer ?? _last;
            }
        }

        return answer;
    }
}

/// <summary>What was read of a name: neither a template nor an error where there is nothing by it.</summary>
/// <param name="Template">The template, compiled.</param>
/// <param name="Error">Why what is stored cannot be rendered: it was stored when more was allowed.</param>
/// <param name="Revision">Which one it is.</param>
/// <param name="AskedAt">The timestamp that its lease counts from.</param>
internal sealed record TemplateHeld(PreparedTemplate? Template, ChatError? Error, string? Revision, long AskedAt);
