using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Reflection;
using Microsoft.Extensions.Time.Testing;
using Prism.Grains.Interfaces;
using Prism.Grains.Interfaces.Catalog;
using Prism.Grains.Interfaces.Chains;
using Prism.Grains.Interfaces.Usage;

namespace Prism.Tests.Chains;

/// <summary>A cluster with the grains that the gateway calls itself, each by its key, doing what a test tells them to.</summary>
public class ScriptedGrains : DispatchProxy
{
    private readonly ConcurrentDictionary<(Type, string), object> _grains = [];
    private FakeTimeProvider _time = null!;

    internal IGrainFactory Factory => (IGrainFactory)(object)this;

    /// <summary>All runs that were asked for, by their ids.</summary>
    internal IEnumerable<ScriptedRun> Runs => _grains.Values.OfType<ScriptedRun>();

    internal static ScriptedGrains Create(FakeTimeProvider time)
    {
        var grains = (ScriptedGrains)Create<IGrainFactory, ScriptedGrains>();
        grains._time = time;
        return grains;
    }

    internal ScriptedRun Run(string id) => (ScriptedRun)Get(typeof(IChainGrain), id);

    internal ScriptedRunIndex Index(string owner = Owners.Global) => (ScriptedRunIndex)Get(typeof(IRunIndexGrain), GrainKeys.Runs(owner));

    internal ScriptedChain Chain(string name, string owner = Owners.Global) =>
        (ScriptedChain)Get(typeof(IChainCatalogGrain), GrainKeys.Chain(owner, name));

    internal ScriptedNames ChainNames(string owner = Owners.Global) => (ScriptedNames)Get(typeof(INamesGrain), GrainKeys.ChainNames(owner));

    internal ScriptedNames UsageOwners(DateOnly month) => (ScriptedNames)Get(typeof(INamesGrain), GrainKeys.UsageOwners(month));

    internal ScriptedUsage Usage(string owner, DateOnly month) => (ScriptedUsage)Get(typeof(IUsageGrain), GrainKeys.Usage(owner, month));

    protected override object Invoke(MethodInfo? targetMethod, object?[]? args) => args is [string key, ..]
        ? Get(targetMethod!.ReturnType, key)
        : throw new InvalidOperationException($"{targetMethod} is not to be called.");

    private object Get(Type type, string key) => _grains.GetOrAdd((type, key), static (grain, self) => grain switch
    {
        (var kind, var id) when kind == typeof(IChainGrain) => new ScriptedRun(id, self._time),
        (var kind, _) when kind == typeof(IRunIndexGrain) => new ScriptedRunIndex(),
        (var kind, _) when kind == typeof(IChainCatalogGrain) => new ScriptedChain(),
        (var kind, _) when kind == typeof(INamesGrain) => new ScriptedNames(),
        (var kind, _) when kind == typeof(IUsageGrain) => new ScriptedUsage(),
        var (kind, _) => throw new InvalidOperationException($"There is no {kind}."),
    }, this);
}

/// <summary>A page of runs.</summary>
internal sealed class ScriptedRunIndex : IRunIndexGrain
{
    public RunPage Page { get; set; } = new();

    public RunQuery? LastQuery { get; private set; }

    public Task<RunPage> ListAsync(RunQuery query)
    {
        LastQuery = query;
        return Task.FromResult(Page);
    }
}

/// <summary>A stored chain, or none.</summary>
internal sealed class ScriptedChain : IChainCatalogGrain
{
    public StoredChain? Stored { get; set; }

    public ChainPut? Put { get; set; }

    public ChainDraft? LastDraft { get; private set; }

    /// <summary>What storing it throws; null for nothing.</summary>
    public Exception? Failure { get; set; }

    public Task<ChainPut> PutAsync(ChainDraft draft)
    {
        LastDraft = draft;
        return Failure is null ? Task.FromResult(Put!) : Task.FromException<ChainPut>(Failure);
    }

    public Task<bool> DeleteAsync()
    {
        var existed = Stored is not null;
        Stored = null;
        return Task.FromResult(existed);
    }

    public Task<StoredChain?> GetAsync() => Task.FromResult(Stored);

    public Task<ChainSummary?> DescribeAsync() => Task.FromResult(Stored?.Summary);
}

/// <summary>An owner's account of a month.</summary>
internal sealed class ScriptedUsage : IUsageGrain
{
    public ImmutableArray<UsageEntry> Entries { get; set; } = [];

    public Task<ImmutableArray<UsageEntry>> GetAsync() => Task.FromResult(Entries);
}

/// <summary>Names.</summary>
internal sealed class ScriptedNames : INamesGrain
{
    public ImmutableArray<string> Names { get; set; } = [];

    public Task<bool> AddAsync(string name, int most) => throw new InvalidOperationException();

    public Task<NamesUse?> ReserveAsync(string name, long bytes, int most, long mostBytes) => throw new InvalidOperationException();

    public Task SettleAsync(string name, long bytes) => throw new InvalidOperationException();

    public Task RemoveAsync(string name) => throw new InvalidOperationException();

    public Task<ImmutableArray<string>> ListAsync() => Task.FromResult(Names);
}
