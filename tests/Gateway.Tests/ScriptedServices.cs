using System.Collections.Immutable;
using System.Text.Json;
using Prism.Grains.Interfaces;
using Prism.Grains.Interfaces.Breakers;
using Prism.Grains.Interfaces.Cache;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Interfaces.Cluster;
using Prism.Grains.Interfaces.Providers;
using Prism.Grains.Interfaces.Templates;

namespace Prism.Tests;

/// <summary>Providers of which one can be used and is the default, one can be used, and one lacks its key.</summary>
internal sealed class ScriptedCatalog : IProviderCatalog
{
    public string Default => "echo";

    public ImmutableArray<ProviderStatus> Status { get; set; } =
    [
        new() { Name = "openai", Type = "openai", BaseUrl = "https://api.openai.com/v1", DefaultModel = "gpt-4o-mini", Models = ["gpt-4o-mini"], Missing = "LLM_OPENAI_API_KEY" },
        new() { Name = "ollama", Type = "ollama", BaseUrl = "http://localhost:11434", DefaultModel = "llama3.1", Models = ["llama3.1", "library/qwen3"] },
        new() { Name = "echo", Type = "echo", DefaultModel = "echo-v1", Models = ["echo-v1"] },
    ];

    public ImmutableArray<ProviderStatus> GetStatus() => Status;
}

/// <summary>How the providers are doing, as a test says.</summary>
internal sealed class ScriptedReports : IProviderReports
{
    public ImmutableArray<ProviderReport> Reports { get; set; } = [];

    public Task<ImmutableArray<ProviderReport>> GetAsync(CancellationToken cancellationToken) => Task.FromResult(Reports);
}

/// <summary>One provider, <c>openai</c>, whose holds can be lifted.</summary>
internal sealed class ScriptedHolds : IProviderHolds
{
    public List<string> Lifted { get; } = [];

    public Task<bool> LiftAsync(string provider)
    {
        Lifted.Add(provider);
        return Task.FromResult(provider == "openai");
    }
}

/// <summary>One template, which renders to its variables.</summary>
internal sealed class ScriptedTemplates : IPromptTemplates
{
    private static readonly PromptTemplate Summarize = new()
    {
        Name = "summarize",
        Role = ChatRoles.User,
        Description = "Says a text in short.",
        Variables = [new() { Name = "text", Description = "The text." }, new() { Name = "words", Description = "How many.", Default = "50" }],
        Source = "In {{ words }} words: {{ text }}",
    };

    public RenderOutcome Outcome { get; set; } = new() { Message = ChatMessage.Create(ChatRoles.User, "In 50 words: <„Grüße“>") };

    /// <summary>What storing anything ends with.</summary>
    public TemplatePut Put { get; set; } = new() { Template = Summarize with { Version = 3 } };

    /// <summary>What deleting anything ends with.</summary>
    public ChatError? Deletion { get; set; }

    public IReadOnlyDictionary<string, JsonElement>? LastVariables { get; private set; }

    /// <summary>What was stored last, and where.</summary>
    public (string Owner, string Name, TemplateDraft Draft)? LastPut { get; private set; }

    public Task<ImmutableArray<PromptTemplate>> ListAsync(string owner, CancellationToken cancellationToken) =>
        Task.FromResult<ImmutableArray<PromptTemplate>>([Summarize]);

    public ValueTask<FindOutcome> FindAsync(string owner, string name, CancellationToken cancellationToken) => new(
        (owner, name) == (Owners.Global, Summarize.Name) ? new FindOutcome { Template = Summarize } : new FindOutcome { Error = NotFound(name) });

    public ValueTask<RenderOutcome> RenderAsync(
        string owner, string name, IReadOnlyDictionary<string, JsonElement>? variables, CancellationToken cancellationToken)
    {
        LastVariables = variables;
        return new(Outcome);
    }

    public Task<TemplatePut> PutAsync(string owner, string name, TemplateDraft draft)
    {
        LastPut = (owner, name, draft);
        return Task.FromResult(Put);
    }

    public Task<ChatError?> DeleteAsync(string owner, string name) => Task.FromResult(Deletion);

    private static ChatError NotFound(string name) => new()
    {
        Kind = ChatErrorKind.NotFound,
        Message = $"There is no template '{name}'.",
        Param = "name",
        Code = "template_not_found",
    };
}

/// <summary>A cache that can be cleared, unless the test says otherwise.</summary>
internal sealed class ScriptedCache : IResponseCache
{
    public bool IsEnabled { get; set; } = true;

    public ChatError? Error { get; set; }

    public int Cleared { get; private set; }

    public Task<ChatError?> ClearAsync(CancellationToken cancellationToken)
    {
        Cleared++;
        return Task.FromResult(Error);
    }
}

/// <summary>A cluster of one silo.</summary>
internal sealed class ScriptedCluster : IClusterView
{
    public ClusterStatus Status { get; set; } = new()
    {
        ClusterId = "prism",
        Self = "10.0.0.1:11111@7",
        Silos = [new() { Name = "prism-0", Address = "10.0.0.1:11111@7", Status = "active" }],
    };

    public ClusterStatus GetStatus() => Status;
}

/// <summary>A stop that goes on when the test says so.</summary>
internal sealed class ScriptedDrain : IDrain, IDisposable
{
    private readonly CancellationTokenSource _closing = new();
    private readonly CancellationTokenSource _over = new();

    public CancellationToken Draining => _closing.Token;

    public CancellationToken Deadline => _over.Token;

    /// <summary>Nothing new is taken any more.</summary>
    public void Close() => _closing.Cancel();

    /// <summary>The time to finish is over.</summary>
    public void End() => _over.Cancel();

    public void Dispose()
    {
        _closing.Dispose();
        _over.Dispose();
    }
}
