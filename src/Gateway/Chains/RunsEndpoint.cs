using Microsoft.AspNetCore.Http;
using Prism.Formats.Prism.Chains;
using Prism.Gateway.Auth;
using Prism.Gateway.Errors;
using Prism.Gateway.Json;
using Prism.Gateway.Limits;
using Prism.Gateway.Logging;
using Prism.Gateway.OpenApi;
using Prism.Gateway.Overload;
using Prism.Gateway.Storage;
using Prism.Grains.Interfaces.Chains;
using Prism.Grains.Interfaces.Cluster;
using Prism.Grains.Interfaces.Keys;

namespace Prism.Gateway.Chains;

/// <summary><c>/v1/runs</c></summary>
internal sealed class RunsEndpoint(
    ChainClient chains,
    RunResolver resolver,
    RunEvents events,
    IKeyRequests requests,
    StorageCalls storage,
    IDrain drain,
    TimeProvider time)
{
    private const int MostRuns = 100;

    // An id from a path may be longer than any id of a run.
    private const int LongestId = 64;

    /// <summary><c>POST /v1/runs</c></summary>
    [Reads("IdempotencyKey", "Deltas"), Takes<RunBody>, Gives<ChainRun>, Gives<ChainRun>(202), Streams<ChainEvent>]
    [SendsHeaders("Location"), SendsRateLimits, Fails(409, 422, 429)]
    public static Task Start(HttpContext context, RunsEndpoint endpoint) => endpoint.StartAsync(context);

    /// <summary><c>GET /v1/runs</c></summary>
    [Reads("RunStatus", "RunLimit", "RunAfter"), Gives<RunPage>, Fails(400)]
    public static Task List(HttpContext context, RunsEndpoint endpoint) => endpoint.ListAsync(context);

    /// <summary><c>GET /v1/runs/{id}</c></summary>
    [Reads("RunId"), Gives<ChainRun>, Fails(404)]
    public static Task Get(HttpContext context, string id, RunsEndpoint endpoint) => endpoint.GetAsync(context, id);

    /// <summary><c>POST /v1/runs/{id}/cancel</c></summary>
    [Reads("RunId"), Gives<ChainRun>, Fails(404)]
    public static Task Cancel(HttpContext context, string id, RunsEndpoint endpoint) => endpoint.CancelAsync(context, id);

    /// <summary><c>DELETE /v1/runs/{id}</c></summary>
    [Reads("RunId"), GivesNothing, Fails(404, 409)]
    public static Task Delete(HttpContext context, string id, RunsEndpoint endpoint) => endpoint.DeleteAsync(context, id);

    /// <summary><c>GET /v1/runs/{id}/events</c></summary>
    [Reads("RunId", "LastEventId", "Deltas"), Streams<ChainEvent>, GivesNothing, Fails(400, 404)]
    public static Task Watch(HttpContext context, string id, RunsEndpoint endpoint) => endpoint.WatchAsync(context, id);

    private async Task StartAsync(HttpContext context)
    {
        if (await context.ReadJsonBodyAsync(GatewayJson.Api.RunBody) is not { } body)
        {
            return;
        }

        var (key, refused) = RunRequest.ReadIdempotencyKey(context.Request);
        var (deltas, wrong) = RunRequest.ReadDeltas(context.Request);
        if ((body.Check() ?? refused ?? wrong) is { } error)
        {
            await context.WriteErrorAsync(error);
            return;
        }

        var request = await requests.AdmitAsync(context.GetOwner(), context.RequestAborted);
        if (request.Error is { } denied)
        {
            await context.WriteErrorAsync(denied);
            return;
        }

        context.Response.SetRateLimits(request.Limits);
        var outcome = await StartAsync(context, body, key, request);
        if (outcome.Run is not { } run)
        {
            await context.WriteErrorAsync(outcome.Error!);
            return;
        }

        context.GetLog().Run = run.Id;
        context.Response.Headers.Location = $"/v1/runs/{run.Id}";
        if (body.Stream == true)
        {
            await events.WriteAsync(context, run, after: 0, deltas);
            return;
        }

        run = await WaitAsync(context, run, body.Patience);
        context.Response.StatusCode = run.IsFinished ? StatusCodes.Status200OK : StatusCodes.Status202Accepted;
        await context.Response.WriteJsonAsync(run, ChainJson.Lenient.ChainRun);
    }

    private async Task<ChainStartOutcome> StartAsync(HttpContext context, RunBody body, string? key, KeyRequest request)
    {
        try
        {
            return await storage.AskAsync(end => resolver.StartAsync(body, context.GetOwner(), key, end), context.RequestAborted);
        }
        catch
        {
            // Prism failed, not the client.
            request.Cancel?.Invoke();
            throw;
        }
    }

    private async Task ListAsync(HttpContext context)
    {
        var (query, error) = RunRequest.ReadQuery(context.Request, MostRuns);
        var page = error is null
            ? await storage.AskAsync(end => chains.ListAsync(context.GetOwner(), query!, end), context.RequestAborted)
            : null;
        await ((error ?? page!.Error) is { } refused
            ? context.WriteErrorAsync(refused)
            : context.Response.WriteJsonAsync(page!, ChainJson.Lenient.RunPage));
    }

    private async Task GetAsync(HttpContext context, string id)
    {
        if (await FindAsync(context, id) is { } run)
        {
            await context.Response.WriteJsonAsync(run, ChainJson.Lenient.ChainRun);
        }
    }

    private async Task CancelAsync(HttpContext context, string id)
    {
        if (await FindAsync(context, id) is { } run)
        {
            // The run may have been deleted since, if it is old enough.
            run = await storage.AskAsync(end => chains.CancelAsync(id, end), context.RequestAborted) ?? run;
            await context.Response.WriteJsonAsync(run, ChainJson.Lenient.ChainRun);
        }
    }

    private async Task DeleteAsync(HttpContext context, string id)
    {
        if (await FindAsync(context, id) is null)
        {
            return;
        }

        if (await storage.AskAsync(end => chains.DeleteAsync(id, end), context.RequestAborted) == false)
        {
            await context.WriteErrorAsync(StatusCodes.Status409Conflict, new(
                $"Run '{id}' has not ended. Cancel it first: POST /v1/runs/{id}/cancel.", ApiError.InvalidRequest, "id", "run_active"));
            return;
        }

        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private async Task WatchAsync(HttpContext context, string id)
    {
        var (after, refused) = RunRequest.ReadLastEventId(context.Request);
        var (deltas, wrong) = RunRequest.ReadDeltas(context.Request);
        if ((refused ?? wrong) is { } error)
        {
            await context.WriteErrorAsync(error);
        }
        else if (await FindAsync(context, id) is { } run)
        {
            await (HttpMethods.IsHead(context.Request.Method) ? AnswerHeadAsync(context) : events.WriteAsync(context, run, after, deltas));
        }
    }

    // The wait is shorter than the run may take.
    private static Task AnswerHeadAsync(HttpContext context)
    {
        context.Response.ContentType = "text/event-stream";
        return Task.CompletedTask;
    }

    // Null if the caller has no such run. The response has the error then.
    private async Task<ChainRun?> FindAsync(HttpContext context, string id)
    {
        var shown = id.Length <= LongestId ? id : id[..LongestId] + "…";
        context.GetLog().Run = shown;
        if (shown == id
            && await storage.AskAsync(end => chains.GetAsync(id, end), context.RequestAborted) is { } run
            && run.Owner == context.GetOwner())
        {
            return run;
        }

        await context.WriteErrorAsync(
            StatusCodes.Status404NotFound, new($"There is no run '{shown}'.", ApiError.InvalidRequest, "id", "run_not_found"));
        return null;
    }

    private async Task<ChainRun> WaitAsync(HttpContext context, ChainRun run, TimeSpan patience)
    {
        if (run.IsFinished || patience == TimeSpan.Zero)
        {
            return run;
        }

        // A silo that stops, and a storage outage, end only this wait, not the run. The client can request the rest.
        using var over = new CancellationTokenSource(patience + storage.Patience, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, drain.Draining, over.Token);
        try
        {
            return await chains.WaitAsync(run.Id, patience, stop.Token) ?? run;
        }
        catch (Exception exception) when (
            !context.RequestAborted.IsCancellationRequested && (exception is OperationCanceledException || StorageFailure.Is(exception)))
        {
            return run;
        }
    }
}
