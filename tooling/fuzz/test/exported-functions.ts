import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const reports = fileURLToPath(new URL('../../../api', import.meta.url));

/** Names of all functions and classes that packages export, by the API reports. */
export function exportedFunctions(): string[] {
  const files = readdirSync(reports, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.md'),
  );
  const names = files.flatMap((file) => {
    const [own = ''] = readFileSync(`${reports}/${file}`, 'utf8').split('Named by these');
    return Array.from(
      own.matchAll(/^export declare (?:abstract )?(?:function|class) (\w+)/gm),
      ([, name]) => name ?? '',
    );
  });
  return [...new Set(names)].toSorted();
}

const reasons: readonly (readonly [reason: string, names: string])[] = [
  [
    'makes an error from words of our own',
    `OverloadedError WorkerError
      AbortedError BackendMismatchError ConformanceFailure ConvergenceError DTypeError
      DegenerateMetricError DeviceError DisposedError EstimatorFailure FormatError NotFittedError
      NotPositiveDefiniteError OptionError OutOfMemoryError ShapeError StorageError UnavailableError
      UnknownLabelError ValueError notInstalled reworded say wording`,
  ],
  [
    'is made by our own functions, whose options are tried',
    `BackendPool Router
      ConvMachine ConvStep KernelMachine LabelEncoder Lazy LiveBlock Scope Stopwatch Trial`,
  ],
  [
    'takes TensorFlow.js and its tensors, which check their arguments',
    `AdamWOptimizer agopTrace denseLayers initialNetwork isTfTensor layerFeatures loadTfjs
      earlyModelAlignment lossGradients modelFeatures networkAgop networkOutputs networkSteps neuralFeatureAnsatz neuralFeatureMatrix
      quadraticAgopTrace secondMoment SpeedLimitedOptimizer tensorLike tfjsFunction toTfTensor traceGradients
      traceModelAlignment trainNetwork`,
  ],
  [
    'starts a backend',
    `createBackend createBackendPool createCpuBackend createGpuBackend createGpuPool
      createNaiveBackend createTfjsBackend createTfjsNodeGpuBackend createTfjsWasmBackend
      createWebGpuBackend deviceCounters deviceMemory deviceTime`,
  ],
  [
    'is for those who write an engine, an operation or cases',
    `bind bytesPerElement cell cholesky constantValue defineCase demand eigh estimatorCases
      evaluationOrder eventLoopTurn floatDType grid inputNames machineEpsilon matrixInputs operandsOf
      philoxBlock solveTriangular`,
  ],
  [
    'is for those who describe options or write an estimator; what they check is tried through all others',
    `answerJobs beats checkReach classScore directionOf farFromZero faultOfSquares fitLeaf isNumericalFailure
      leavesOf leavesOn mayWiden nameOfScore numericScore readWeights runAll runTabularJob splitsOf tabularOnPool
      tabularWorkers takeSamples uploadSamples workerExecutor
      better checkBackend checkCallback checkChoice checkFeatures checkFlag checkGiven checkMembers
      checkNumber checkObject checkSignal checkTensor
      inspection checkLabel checkList checkNumbers checkObjects checkSteps checkText finiteOutputs isListOf
      checkNonNegative checkPositive checkRange checkSolver choice classification decodeModel
      defineKernel describeOption downloadTensor downloadTensors encodeModel flag flagNaming flagOf
      flagsOf fromFile list meanSquaredNorm measureColumns namesTwice nest nested number option
      optionTable outputLike regression requireTensor resolve restoreTensors share shownValue
      standardize text uploadRows whole`,
  ],
  [
    'takes results of our own experiments; runTabularExperiment is tried by the target tables',
    `checkHashingSettings checkInterpolationSettings checkSubspaceSettings hashingPage hashingText
      readHashingData runHashingExperiment
      interpolationPage interpolationText runInterpolationExperiment runSubspaceExperiment subspacePage
      subspaceText
      tabularSettings
      metricOf collapseCurve coverageOf evaluate evaluationPage evaluationText filterGrid filtersOf grokkingSeen
      metricPicture outputsOf outsideNotes outsideReasons outsideRows savedSummary summaryAttachment
      candidateWords checkTableChoiceSettings choiceWords expectationOf metricShares runTableChoice scoreName
      attachedPrior calendarOf RunFolder savedPrior targetCalendars testText unitOf validationText workAfterTrials
      attachedPrior calendarOf RunFolder savedPrior targetCalendars testText unitOf validationText workAfterTrials
      scoreText tableChoiceData tableChoicePage tableChoiceText treeWords usualLeafRows
      ansatzPage ansatzText checkAnsatzSettings readAnsatzData runAnsatz
      filterStartPage filterStartText readFilterStartData runFilterStart describeLayer inspectNetwork layersPage layersText readLayersDump readNetwork runLayers
      alignmentPage alignmentPanels alignmentText checkAlignmentSettings readAlignmentData runAlignment
      checkPhenomenaSettings phenomenaPage phenomenaText readPhenomenaData runPhenomena
      checkNetworkCollapseSettings networkCollapsePage networkCollapsePanels networkCollapseText
      readNetworkCollapseData runNetworkCollapse
      checkFiltersAnsatzSettings filtersAnsatzPage filtersAnsatzText readFiltersAnsatzData
      runFiltersAnsatz
      checkCollapseSettings checkFiltersSettings checkGrokkingSettings checkTabularSettings
      modelAttachments collapseImages collapsePage collapsePanels collapseSplitImages collapseTable collapseText
      filtersPage filtersText grokkingPage grokkingPanels grokkingText imageKernelWords kernelWords
      isBeyondChance mapWords readCollapseData readFiltersData refuse roundName runCollapseExperiment
      runFiltersExperiment runGrokkingExperiment runTabularExperiment sayPath tabularData tabularPage
      tabularText title topImportances`,
  ],
  [
    'takes tensors, metrics, machines or steps that our own functions make',
    `agopOf bitsOfImages contributionsOf featureWeights featureImportances gradientsOf growTreeOf leafImportances
      encodeTrial expectedFit leavesOnPool measureNetwork posteriorVariance publishedComparisons
      medianDistance scaleBandwidth gradientCovariances
      cheapestAgopMethod diagonalMetric disposeMetric featureLearning fullMetric grokkingMemory
      identityMap isLayerStep leafFromBytes leafToBytes nextMetric nonzerosOf predictionMemory recursionMemory
      refinedCholeskySolver roundingFactor solveForRidges tableOutputs takenFrom totalDrop`,
  ],
  ['takes a table of our own, or a column of one', `cellText findingsOf identifierWords`],
  ['looks for a folder by its name', `locateDataset`],
  ['writes a file: see tooling/faults', `writeFileAtomically`],
  ['formats for a terminal', `barTable outputWidth panelChart printableStyled terminalStyle wantsColor`],
  [
    'connects to Redis: see the tests of its package',
    `shownAddress openQueueView prometheusText queueExecutor startWorker`,
  ],
];

/** Those that are not called with odd arguments, and why. */
export const exceptions: Readonly<Record<string, string>> = Object.fromEntries(
  reasons.flatMap(([reason, names]) => names.split(/\s+/).map((name) => [name, reason])),
);
