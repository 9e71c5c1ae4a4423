using System.Collections.Concurrent;
using System.Reflection;
using System.Threading.Channels;
using Prism.Grains.Interfaces.Templates;

namespace Prism.Tests.Templates;

/// <summary>A grain factory that knows template grains only, and of them the one that a test brings.</summary>
public class ScriptedGrains : DispatchProxy
{
    private ITemplateGrain? _template;

    /// <summary>One without any grain: whoever needs one fails.</summary>
    public static IGrainFactory None => Create(null);

    internal static IGrainFactory Of(ITemplateGrain template) => Create(template);

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
        targetMethod?.ReturnType == typeof(ITemplateGrain) && _template is not null
            ? _template
            : throw new InvalidOperationException($"{targetMethod} is not to be called.");

    private static IGrainFactory Create(ITemplateGrain? template)
    {
        var factory = Create<IGrainFactory, ScriptedGrains>();
        ((ScriptedGrains)factory)._template = template;
        return factory;
    }
}

/// <summary>A template grain that answers when a test has it answer.</summary>
internal sealed class ScriptedTemplateGrain : ITemplateGrain
{
    private readonly Channel<TaskCompletionSource<TemplateReading>> _waiting = Channel.CreateUnbounded<TaskCompletionSource<TemplateReading>>();
    private readonly ConcurrentQueue<string?> _asks = [];

    /// <summary>What it is asked for: the revisions that the askers know.</summary>
    public IEnumerable<string?> Asks => _asks;

    /// <summary>What it answers with at once, without a test having it answer.</summary>
    public TemplateReading? Always { get; set; }

    public async Task<TemplateReading> ReadAsync(string? known)
    {
        if (Always is not null)
        {
            return Always;
        }

        var answer = new TaskCompletionSource<TemplateReading>(TaskCreationOptions.RunContinuationsAsynchronously);
        _asks.Enqueue(known);
        _waiting.Writer.TryWrite(answer);
        return await answer.Task;
    }

    /// <summary>Waits for the next ask and returns what answers it.</summary>
    public Task<TaskCompletionSource<TemplateReading>> NextAskAsync() =>
        _waiting.Reader.ReadAsync().AsTask().WaitAsync(Patience.Limit);

    /// <summary>Waits for the next ask and answers it.</summary>
    public async Task AnswerAsync(TemplateReading reading) => (await NextAskAsync()).SetResult(reading);

    public Task<TemplatePut> PutAsync(TemplateDraft draft) => throw new InvalidOperationException();

    public Task<bool> DeleteAsync() => throw new InvalidOperationException();
}
