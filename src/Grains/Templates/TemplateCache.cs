using Microsoft.Extensions.Logging;
using Prism.Grains.Cluster;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Interfaces.Templates;

namespace Prism.Grains.Templates;

/// <summary>
/// This silo's copies of its users' own templates, compiled. A copy in use is renewed before its lease ends, beside the requests, so it costs no
/// request a call. No change is missed, for three reasons: a lease counts from its request, a grain notifies every silo of a change (<see
/// cref="TemplateBroadcast"/>), and an answer to a request from before that is dropped.
/// </summary>
internal sealed partial class TemplateCache(IGrainFactory grains, TemplateEngine engine, TimeProvider time, ILogger<TemplateCache> logger)
{
    /// <summary>How many names are kept: also of those that there is nothing by.</summary>
    internal const int MostNames = 2_048;

    // A frozen storage does not respond for a long time, and requests wait for it.
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(2.5);

    private static readonly TimeSpan RenewAfter = TemplateLease.Life / 2;

    private readonly SiloCache<CachedTemplate> _copies = new(MostNames);

    /// <summary>How many names there are.</summary>
    internal int Count => _copies.Count;

    /// <summary>The template of this grain key.</summary>
    public ValueTask<TemplateFound> FindAsync(string key, CancellationToken cancellationToken)
    {
        var now = time.GetTimestamp();
        var copy = _copies.Use(key, now);
        if (copy.Held is not { } held || time.GetElapsedTime(held.AskedAt, now) is var age && age >= TemplateLease.Life)
        {
            return new(WaitAsync(copy, cancellationToken));
        }

        if (age >= RenewAfter)
        {
            // Beside the request. A request after the lease's end gets the failure, if it lasts.
            _ = AskAsync(copy);
        }

        return new(new TemplateFound(held.Template, held.Error));
    }

    /// <summary>Drops the copy of a grain key.</summary>
    public void Forget(string key) => _copies.Forget(key);

    private async Task<TemplateFound> WaitAsync(SiloCacheEntry<CachedTemplate> copy, CancellationToken cancellationToken) =>
        await AskAsync(copy).WaitAsync(cancellationToken) is { } held
            ? new(held.Template, held.Error)
            : new(null, TemplateErrors.Unavailable);

    // Null if the grain could not be reached.
    private Task<CachedTemplate?> AskAsync(SiloCacheEntry<CachedTemplate> copy) => copy.AskOnce(async before =>
    {
        var askedAt = time.GetTimestamp();
        try
        {
            var reading = await grains.GetGrain<ITemplateGrain>(copy.Key).ReadAsync(before?.Revision).WaitAsync(LongestWait, time);
            return reading switch
            {
                { IsKnown: true } => before! with { AskedAt = askedAt },
                { Stored: { } stored } => Prepare(stored, askedAt),
                _ => new(null, null, null, askedAt),
            };
        }
        catch (Exception exception)
        {
            LogNotRead(exception);
            return null;
        }
    });

    private CachedTemplate Prepare(StoredTemplate stored, long askedAt)
    {
        var (template, error) = PreparedTemplate.TryCreate(stored.Template, engine);
        return new(template, error, stored.Revision, askedAt);
    }

    [LoggerMessage(LogLevel.Warning, "A template could not be read")]
    private partial void LogNotRead(Exception exception);
}

/// <summary>The copy of a name: both are null if there is nothing by it.</summary>
internal readonly record struct TemplateFound(PreparedTemplate? Template, ChatError? Error);
